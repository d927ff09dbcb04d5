# 2469 clusters of data
before_plan() { rm disk.raw && truncate -s 10G disk.raw && fill disk.raw 0 $((2469 * 65536)); }
after_plan() { [ "$(qcow2-to-stdout disk.raw | tail -c +134217729 | sha256sum)" = "$(sha256sum < part3)" ]; }

before_skip() { head -c 500000 < <(qcow2-to-stdout disk.raw) > disk.qcow2; }
after_skip() { image_of disk.raw disk.qcow2; }
