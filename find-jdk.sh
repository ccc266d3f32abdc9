# Sourced by the scripts: sets JAVA_HOME to a JDK 25 or later, or says what to do and exits.

is_jdk_25() {
  [ -x "$1/bin/javac" ] || return 1
  major=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${major:-0}" -ge 25 ]
}

find_jdk_25() {
  if [ -n "${JAVA_HOME:-}" ] && is_jdk_25 "$JAVA_HOME"; then return 0; fi
  on_path=$(command -v javac || true)
  for candidate in \
    "${on_path:+$(dirname -- "$(dirname -- "$(readlink -f -- "$on_path" 2>/dev/null || echo "$on_path")")")}" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "No JDK 25 found: looked at JAVA_HOME (${JAVA_HOME:-not set}), the PATH and the usual install folders." >&2
  echo "Install a JDK 25 or later, for example Eclipse Temurin, and set JAVA_HOME to its folder." >&2
  exit 2
}

find_jdk_25
export JAVA_HOME

# Maven's own libraries use what later JDKs warn of. Not in .mvn/jvm.config: an older JVM would refuse
# the option before the build could say which JDK it needs.
MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
export MAVEN_OPTS
