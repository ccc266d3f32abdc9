package pool.cli.input;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Checks that Jackson may create records, which may be in a plugin's module. */
final class RecordAccess {

  private static final Module JACKSON = ObjectMapper.class.getModule();

  private final TypeFactory types;
  private final Set<Class<?>> seen = new HashSet<>();

  RecordAccess(TypeFactory types) {
    this.types = types;
  }

  /**
   * Checks a class, and those of its components.
   *
   * @throws IllegalArgumentException when one cannot be created
   */
  void require(JavaType type) {
    for (int i = 0; i < type.containedTypeCount(); i++) {
      require(type.containedType(i));
    }
    if (type.isArrayType()) {
      require(type.getContentType());
    }
    Class<?> made = type.getRawClass();
    if (made.isRecord() && seen.add(made)) {
      requireOpen(made);
      for (RecordComponent component : made.getRecordComponents()) {
        require(types.constructType(component.getGenericType()));
      }
    }
  }

  private static void requireOpen(Class<?> made) {
    Module module = made.getModule();
    String folder = made.getPackageName();
    boolean isPublic = isPublic(made) && module.isExported(folder, JACKSON);
    if (!isPublic && !module.isOpen(folder, JACKSON)) {
      throw new IllegalArgumentException(
          "the record %s of module %s cannot be made: open its package to %s, or export it and make the record public"
              .formatted(made.getName(), module.getName(), JACKSON.getName()));
    }
  }

  private static boolean isPublic(Class<?> made) {
    for (Class<?> type = made; type != null; type = type.getEnclosingClass()) {
      if (!Modifier.isPublic(type.getModifiers())) {
        return false;
      }
    }
    return Arrays.stream(made.getDeclaredConstructors())
        .allMatch(constructor -> Modifier.isPublic(constructor.getModifiers()));
  }
}
