before_restore() { qcow2-to-stdout disk.raw > disk.qcow2 && mv disk.raw original; }
after_restore() { cmp original disk.raw && [ "$(sha256sum < original)" = "$(< "$out")" ]; }
