"""``composer completion``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from composer.cli.complete import SHELLS

_BASH = r"""# bash completion for composer
_composer() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o default 2>/dev/null ;;
            :nospace) compopt -o nospace 2>/dev/null ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _composer composer
"""

_ZSH = r"""#compdef composer
# zsh completion for composer
_composer() {
    local line files=
    local -a found flags
    while IFS= read -r line; do
        case $line in
            :files) files=1 ;;
            :nospace) flags=(-S '') ;;
            *) line=${line//:/\\:}; found+=("${line/$'\t'/:}") ;;
        esac
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#found )) && _describe composer found "${(@)flags}"
    [[ -n $files ]] && _files
}
if [[ $funcstack[1] = _composer ]]; then
    _composer "$@"
else
    compdef _composer composer
fi
"""

_FISH = r"""# fish completion for composer
function __composer_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :nospace
            case '*'
                echo $line
        end
    end
end
complete -c composer -f -a '(__composer_complete)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def completion(
    ctx: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", show_default=False)],
) -> int:
    """Print a script that lets a shell complete commands, options, services and profiles.

    Example: composer completion bash > ~/.local/share/bash-completion/completions/composer
    composer completion zsh > "${fpath[1]}/_composer"
    composer completion fish > ~/.config/fish/completions/composer.fish
    """
    if shell not in SHELLS:
        raise typer.BadParameter(f"{shell!r} is none of {', '.join(SHELLS)}", param_hint="SHELL")
    sys.stdout.write(_SCRIPTS[shell])
    return 0
