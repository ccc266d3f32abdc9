# Sourced by the scripts that run programs among the tests of a module, in the project's folder: build_tests
# MODULE builds what is missing, and sets the class path, tests.

build_tests() {
  path=$1/target/tests.classpath
  newer=$(find pom.xml pool-api pool-core pool-codec pool-process "$1" -name target -prune -o -type f -newer "$path" -print \
    2>/dev/null | head -n 1 || true)
  if [ ! -f "$path" ] || [ -n "$newer" ]; then
    echo "Building ..."
    ./mvnw -B -ntp -q test-compile dependency:build-classpath -Dquick -pl "$1" -am \
      -Dmdep.outputFile=target/tests.classpath -Dmdep.regenerateFile=true
  fi
  tests=$1/target/test-classes:$1/target/classes:$(cat "$path")
}
