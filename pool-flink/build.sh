# Sourced by ./run-local and ./measure, in the folder above: builds what is missing and sets the class path
# of the tests, which the cluster's processes get a part of.

list=pool-flink/target/cluster.classpath
newer=$(find pom.xml pool-*/pom.xml pool-api/src/main pool-core/src/main pool-plugins-example/src pool-flink/src \
  -newer "$list" 2>/dev/null | head -n 1 || true)
if [ ! -f "$list" ] || [ -n "$newer" ]; then
  echo "Building ..."
  ./mvnw -B -ntp -q package -Pcluster -Dquick -DskipTests -pl pool-flink -am
fi
classpath=pool-flink/target/test-classes:pool-flink/target/pool-flink-0.1.0-SNAPSHOT.jar:$(cat "$list")
