"""completion.py SHELL SCRIPT LINE...: types each line and a tab into an interactive bash or zsh, and prints what the line is then."""

import os
import pty
import re
import select
import sys

SETUP = {
    "bash": r"""
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind 'set completion-query-items 0'
bind 'set page-completions off'
shown() { echo "<<$READLINE_LINE>>"; READLINE_LINE=; READLINE_POINT=0; }
bind -x '"\C-x\C-x": shown'
source "$SCRIPT"
""",
    "zsh": r"""
unsetopt beep zle_bracketed_paste auto_list
zmodload zsh/complist
autoload -Uz compinit
compinit -u -D
shown() { print -r -- "<<$BUFFER>>"; BUFFER=; }
zle -N shown
bindkey '^X^X' shown
source $SCRIPT
""",
}
COMMAND = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


def until(terminal, pattern):
    text = ""
    while True:
        ready, _, _ = select.select([terminal], [], [], 30)
        if not ready:
            sys.exit("waited in vain for %s: %r" % (pattern, text))
        text += os.read(terminal, 65536).decode(errors="replace")
        found = re.search(pattern, text)
        if found:
            return found


shell, script = sys.argv[1:3]
child, terminal = pty.fork()
if child == 0:
    os.environ.update(SCRIPT=script, TERM="dumb", PS1="", LC_ALL="C.UTF-8")
    os.execvp(COMMAND[shell][0], COMMAND[shell])
setup = " ".join("eval '%s'" % line.replace("'", "'\\''") + ";" for line in SETUP[shell].strip().splitlines())
os.write(terminal, (setup + " echo rea''dy\n").encode())
until(terminal, "ready\r?\n")
for line in sys.argv[3:]:
    os.write(terminal, line.encode() + b"\t\x18\x18")
    print(until(terminal, "<<(.*?)>>").group(1))
os.write(terminal, b"exit\n")
