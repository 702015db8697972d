# The part that the launchers of a checkout and of an installed program share: it finds Java, sets the locale, keeps
# archives of classes and starts the program. Bash reads it into a launcher, whose arguments it sees.
#
# A launcher sets 'root', its folder, and reads this file. The file sets json, quiet, java, release and build, and
# defines fail, remark, archive_classes and start. Before it calls start "$@", the launcher sets
#
#   class_path    the class path of the program
#   class_id      distinguishes states of the classes where the times of the files do not, or is empty
#   built         a file that is as old as the classes: an older archive of classes is made again
#   beside_jar    where a build keeps an archive of classes for all users, or is empty
#   command_name  how a user calls the launcher
#
# shellcheck shell=bash

json= quiet=
for argument in "$@"; do
    case $argument in
        --json) json=1 quiet=1 ;;
        -q | --quiet) quiet=1 ;;
    esac
done

# Exit code 1 belongs to the program: it says that rows differ.
fail() {
    local message=$*
    if [ -n "$json" ]; then
        message=${message//\\/\\\\}
        message=${message//\"/\\\"}
        message=$(printf %s "$message" | tr '\000-\037' ' ')
        printf '{"error": {"kind": "UNAVAILABLE", "message": "%s", "exitCode": 5}}\n' "$message" >&2
    else
        printf 'error: %s\n' "$message" >&2
    fi
    exit 5
}

remark() {
    [ -n "$quiet" ] || printf 'snapshot: %s\n' "$1" >&2
}

# Java decodes arguments, variables and paths by the locale. In the POSIX locale, which cron, systemd and many
# containers have, and in one that the system does not know, each character outside ASCII is lost.
set_utf8_locale() {
    local charmap available candidate
    charmap=$(locale charmap 2>/dev/null)
    case $charmap in
        UTF-8 | utf-8 | UTF8 | utf8) return ;;
    esac
    available=$(locale -a 2>/dev/null)
    for candidate in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
        case $'\n'$available$'\n' in
            *$'\n'$candidate$'\n'*) break ;;
        esac
        candidate=
    done
    [ -n "$candidate" ] || candidate=$(printf '%s\n' "$available" | grep -i '\.utf-\{0,1\}8$' | head -n 1)
    # Systems without the command 'locale' have this one.
    { export LC_ALL="${candidate:-C.UTF-8}"; } 2>/dev/null
}
set_utf8_locale

# Sets 'release' to the feature release of a java command (8, 17, 25), or to nothing where it does not run, and 'build'
# to its exact build. No variable is set by a command in brackets where the shell can do without: each takes a process.
identify() {
    local java line version=
    java=$(readlink -f "$1" 2>/dev/null) || java=$1
    release= build=
    # A JDK says it in a file, which is faster to read than Java is to start.
    if [ -r "${java%/*/*}/release" ]; then
        while IFS= read -r line; do
            line=${line%$'\r'}
            case $line in
                JAVA_VERSION=\"*) version=${line#*\"} ;;
                JAVA_RUNTIME_VERSION=\"* | IMPLEMENTOR=\"*) build=$build-${line#*\"} ;;
            esac
        done <"${java%/*/*}/release"
    fi
    if [ -z "$version" ]; then
        version=$("$1" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
        build=
    fi
    version=${version#1.}
    version=${version%%[!0-9]*}
    release=$version
    build=${version}${build//[!A-Za-z0-9.+-]/}
}

case $root in
    *:*) fail "Java cannot have a folder with ':' in its name on the class path: $root; move the program" ;;
esac

java= release= build= seen=
for candidate in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} "$(command -v java)"; do
    [ -n "$candidate" ] || continue
    release= build=
    [ ! -x "$candidate" ] || identify "$candidate"
    if [ "${release:-0}" -ge 17 ]; then
        java=$candidate
        break
    fi
    seen="$seen${seen:+, }$candidate is ${release:-not a Java that runs}"
done
[ -n "$java" ] || fail "Java 17 or later is needed (${seen:-none found}); set JAVA_HOME to one, or put it on the PATH"

# Batches bound the memory, so the serial collector does and leaves the cores to the work.
collector=-XX:+UseSerialGC
case " ${SNAPSHOT_JAVA_OPTS:-} " in
    *" -XX:+Use"*"GC "*) collector= ;;
esac
# The codecs load native code; from Java 24 on that is announced on stderr unless it is allowed here.
unsafe=
[ "$release" -ge 23 ] && unsafe=--sun-misc-unsafe-memory-access=allow

# Archives of the classes as the JVM holds them: commands start in 0.6 times the CPU time.
# The build of a checkout writes one for its Java beside the jar. For another Java, after an update of it, and for an
# installed program, each user has one below the user's directory of caches. The JVM uses a file only if its own build
# and these very jars made it. The names keep the files of several builds of Java apart. A build may change the jar of
# another module alone, so the launcher makes a file again that is older than the last build.
# Sets 'archive' to a file that the JVM can use, or to nothing, and 'in_cache' to the user's own.
find_archive() {
    archive= in_cache=
    local caches=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    case $caches in
        /*) in_cache=$caches/hybrid-snapshots/${root//[!A-Za-z0-9._-]/_}/classes-$class_id$build.jsa ;;
    esac
    if [ "$beside_jar" -nt "$built" ] && [ -r "$beside_jar" ]; then
        archive=$beside_jar
    # A file of another user's would be that user's code.
    elif [ -n "$in_cache" ] && [ "$in_cache" -nt "$built" ] && [ -O "$in_cache" ] && [ -r "$in_cache" ]; then
        archive=$in_cache
    fi
}

# Writes an archive, as a whole or not at all; a failure leaves commands as fast as they are without one.
# The words after the file are put before the command.
archive_classes() {
    local file=$1 part=$1.$$ lock=$1.lock home
    shift
    # Of several at once, the first makes it. One that was killed has left its lock.
    if ! mkdir "$lock" 2>/dev/null; then
        [ -n "$(find "$lock" -prune -mmin +10 2>/dev/null)" ] || return 0
        rm -rf "$lock"
        mkdir "$lock" 2>/dev/null || return 0
    fi
    home=$(mktemp -d) || { rm -rf "$lock"; return 0; }
    # Without the caller's environment and directory, which may name servers that are not to be touched.
    if (cd "$home" && exec "$@" env -i PATH="$PATH" HOME="$home" LC_ALL="${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" \
        "$java" -Xmx1g -XX:ArchiveClassesAtExit="$part" -XX:TieredStopAtLevel=1 $collector $unsafe \
        --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 \
        -cp "$class_path" \
        io.hybridsnapshot.app.StartTraining "$home") >"$home/log" 2>&1 </dev/null &&
        [ -s "$part" ] && mv -f "$part" "$file"; then
        rm -f "$file.failed"
        # Of builds of Java that are gone, and of earlier classes and launchers.
        find "${file%/*}" -maxdepth 1 -name 'classes-*.jsa*' \
            \( ! -newer "$built" -o ! -name "classes-$class_id*" \) -exec rm -f {} + 2>/dev/null
    else
        # Not tried again for a while.
        : 2>/dev/null >"$file.failed"
    fi
    rm -rf "$home" "$part" "$lock"
}

# Makes a missing archive, unless the user does not want it or a job would have to pay for it.
provide_archive() {
    local file=$beside_jar
    case ${SNAPSHOT_CLASS_ARCHIVE:-} in
        off) archive= && return ;;
        now) ;;
        *) [ -t 2 ] || return ;;
    esac
    [ -z "$archive" ] || return
    if [ -z "$file" ] || [ ! -w "${file%/*}" ]; then
        [ -n "$in_cache" ] || return
        file=$in_cache
        (umask 077 && mkdir -p "${file%/*}") 2>/dev/null || return
        [ -O "${file%/*}" ] && [ -w "${file%/*}" ] || return
    fi
    if [ "${SNAPSHOT_CLASS_ARCHIVE:-}" = now ]; then
        archive_classes "$file"
        find_archive
        return
    fi
    # A failure counts until the next build, and for a day: the files of a package are older than any failure.
    if [ "$file.failed" -nt "$built" ] && [ -n "$(find "$file.failed" -prune -mtime -1 2>/dev/null)" ]; then
        return
    fi
    (
        # Only the caller's own streams and pipes end with the command.
        for descriptor in /dev/fd/*; do
            descriptor=${descriptor##*/}
            [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
        done 2>/dev/null
        trap '' HUP INT
        archive_classes "$file" nice -n 10
    ) </dev/null >/dev/null 2>&1 &
}

# Whether the source that the arguments name is a file below 1 MiB.
is_small_source() {
    local argument before= source=
    for argument; do
        case $before in
            -s | --source) source=$argument ;;
        esac
        case $argument in
            --source=*) source=${argument#*=} ;;
        esac
        before=$argument
    done
    case $source in
        '') return 1 ;;
        /*) ;;
        *) source=./$source ;;
    esac
    [ -f "$source" ] && [ -n "$(find -L "$source" -prune -size -2048 2>/dev/null)" ]
}

# A JVM that cannot start ends with 1, which is also an answer of the program. So the launcher tries the same options
# first, which takes half as long as a call for help. Its own options need no trial where an archive shows that they
# have worked here, unless memory is limited or the answer may be 1.
needs_trial() {
    local argument strict=
    local set_by_others="${SNAPSHOT_JAVA_OPTS:-}${JAVA_TOOL_OPTIONS:-}${JDK_JAVA_OPTIONS:-}${_JAVA_OPTIONS:-}"
    [ -n "$archive" ] && [ -z "$set_by_others" ] || return 0
    [ "$(ulimit -v)" = unlimited ] || return 0
    [ ! -r /proc/sys/vm/overcommit_memory ] || read -r strict </proc/sys/vm/overcommit_memory
    [ "$strict" != 2 ] || return 0
    for argument; do
        case $argument in
            # Also as the parser reads it from a file of arguments.
            --exit-code* | @*) return 0 ;;
        esac
    done
    return 1
}

# Starts the program in the place of the launcher.
start() {
    local short compiler argument option said options tried
    find_archive
    provide_archive

    # Help, versions, lists, and saves and detections of small files end before the optimising compiler has paid off.
    # It takes up to half of their CPU time.
    # Most of their methods run a few hundred times at the start and never again, so a method is compiled after three
    # times as many runs as usual.
    # Other commands over rows keep Java's own settings.
    short='-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=3'
    compiler=
    case ${1:-} in
        '' | completion | config | doctor | help | hold | list | release | server) compiler=$short ;;
        detect | save) ! is_small_source "$@" || compiler=$short ;;
    esac
    for argument in "$@"; do
        case $argument in
            -h | --help | -V | --version) compiler=$short ;;
        esac
    done

    # The width of the terminal, which Java cannot tell. Bash sets it after a command has ended.
    if [ -t 1 ] || [ -t 2 ]; then
        shopt -s checkwinsize
        (:)
        export COLUMNS
    fi

    # What the JVM says of its archive of classes is no error of the program, and would stand between the lines of
    # --json.
    # shellcheck disable=SC2206 # options are separated by blanks
    options=(-Xmx1g -Xshare:auto $collector $compiler $unsafe ${archive:+"-XX:SharedArchiveFile=$archive"}
        -Xlog:disable '-Xlog:all=error,cds*=off:stderr'
        --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 "-Dsnapshot.command=$command_name"
        ${SNAPSHOT_JAVA_OPTS:-})

    if needs_trial "$@"; then
        tried=()
        for option in "${options[@]}"; do
            # A debugger is waited for once.
            case $option in
                -agentlib:jdwp* | -Xrunjdwp*) ;;
                # The JVM goes without an archive that it cannot use, and opening one takes a third of the trial's
                # time.
                "${archive:+-XX:SharedArchiveFile=$archive}") ;;
                *) tried+=("$option") ;;
            esac
        done
        said=$("$java" "${tried[@]}" -version 2>&1 </dev/null) || {
            said=$(printf %s "$said" | tr '\n' ' ')
            fail "Java cannot start ($java): $said- check SNAPSHOT_JAVA_OPTS and the memory that is free"
        }
    fi

    exec "$java" "${options[@]}" -cp "$class_path" io.hybridsnapshot.app.Main "$@"
}
