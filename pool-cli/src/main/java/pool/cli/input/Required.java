package pool.cli.input;

import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Requires every part of a record that is not optional by its type. */
final class Required extends JacksonAnnotationIntrospector {

  private static final long serialVersionUID = 1L;

  private static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  Required() {}

  static boolean isOptional(Class<?> type) {
    return OPTIONALS.contains(type);
  }

  @Override
  public Boolean hasRequiredMarker(AnnotatedMember member) {
    return !isOptional(member.getRawType());
  }
}
