@echo off
rem Runs hybrid-snapshots from the folder that it is installed in.
rem
rem   SNAPSHOT_JAVA_OPTS  more options for the JVM; they win over the program's own
rem   JAVA_HOME           the Java to use (17 or later); without it, the one on the PATH
rem
rem Ends with the program's exit code (docs\cli.md), or with 5 where the program cannot be started.
setlocal EnableExtensions DisableDelayedExpansion

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME:"=%\bin\java"

rem Exit code 1 belongs to the program: it says that rows differ. So Java is tried first with the same options.
set "options=-Xmx1g -XX:+UseSerialGC -Xlog:disable -Xlog:all=error:stderr --enable-native-access=ALL-UNNAMED"
set "options=%options% -Dfile.encoding=UTF-8 -Dsnapshot.command=snapshot %SNAPSHOT_JAVA_OPTS%"
rem Java 23 and later need one option more, which earlier ones refuse.
set "unsafe=--sun-misc-unsafe-memory-access=allow"
"%java%" %unsafe% %options% -version >nul 2>&1 || set "unsafe="
if not defined unsafe "%java%" %options% -version >nul 2>&1
if errorlevel 1 (
    >&2 echo error: Java 17 or later cannot start; set JAVA_HOME to one, or put it on the PATH, and check SNAPSHOT_JAVA_OPTS
    exit /b 5
)
if not exist "%~dp0..\lib\snapshot-app-*.jar" (
    >&2 echo error: there is no program in the folder lib beside bin; install hybrid-snapshots again
    exit /b 5
)

rem The program prints UTF-8.
for /f "tokens=2 delims=:." %%p in ('chcp') do set "page=%%p"
chcp 65001 >nul
"%java%" %unsafe% %options% -cp "%~dp0..\lib\*" io.hybridsnapshot.app.Main %*
set "code=%errorlevel%"
if defined page chcp %page% >nul
exit /b %code%
