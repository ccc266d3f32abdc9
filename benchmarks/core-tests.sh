# Sourced by the scripts that run programs among the tests of pool-core, in the project's folder: builds what
# is missing, and sets the class path, tests.

path=pool-core/target/chaos.classpath
newer=$(find pom.xml pool-api/pom.xml pool-core/pom.xml pool-api/src/main pool-core/src \
  -newer "$path" 2>/dev/null | head -n 1 || true)
if [ ! -f "$path" ] || [ -n "$newer" ]; then
  echo "Building ..."
  ./mvnw -B -ntp -q test-compile dependency:build-classpath -Dquick -pl pool-core -am \
    -Dmdep.outputFile=target/chaos.classpath
fi
tests=pool-core/target/test-classes:pool-core/target/classes:$(cat "$path")
