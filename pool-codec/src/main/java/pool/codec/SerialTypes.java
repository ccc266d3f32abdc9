package pool.codec;

import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The classes that may occur in the bytes of a value: those that its type declares, directly or
 * through other types, and values and collections of the JDK. None of the JDK's classes does
 * anything when it is read.
 */
final class SerialTypes {

  private static final Set<String> OF_THE_JDK =
      Set.of(
          "java.lang.Object", // as the element type of an array
          "java.lang.Void", // its only value is null
          "java.lang.Number",
          "java.lang.Boolean",
          "java.lang.Character",
          "java.lang.Byte",
          "java.lang.Short",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Double",
          "java.lang.String",
          "java.lang.Enum",
          "java.math.BigInteger",
          "java.math.BigDecimal",
          "java.net.URI",
          "java.util.UUID",
          "java.util.Date",
          "java.util.CollSer", // List.of and the like, and what it creates:
          "java.util.ImmutableCollections$List12",
          "java.util.ImmutableCollections$ListN",
          "java.util.ImmutableCollections$Set12",
          "java.util.ImmutableCollections$SetN",
          "java.util.ImmutableCollections$Map1",
          "java.util.ImmutableCollections$MapN",
          "java.util.Arrays$ArrayList",
          "java.util.Collections$EmptyList",
          "java.util.Collections$EmptyMap",
          "java.util.Collections$EmptySet",
          "java.util.Collections$SingletonList",
          "java.util.Collections$SingletonMap",
          "java.util.Collections$SingletonSet",
          "java.util.Collections$UnmodifiableCollection",
          "java.util.Collections$UnmodifiableList",
          "java.util.Collections$UnmodifiableMap",
          "java.util.Collections$UnmodifiableRandomAccessList",
          "java.util.Collections$UnmodifiableSet",
          "java.util.LinkedList",
          "java.util.Map$Entry", // as the element type of a map's table
          "java.util.ArrayList",
          "java.util.ArrayDeque",
          "java.util.HashMap",
          "java.util.LinkedHashMap",
          "java.util.TreeMap",
          "java.util.HashSet",
          "java.util.LinkedHashSet",
          "java.util.TreeSet");

  private final Class<?> root;
  private final Set<Class<?>> declared = new HashSet<>();

  private SerialTypes(Class<?> root) {
    this.root = root;
  }

  /**
   * Returns the classes that a type declares.
   *
   * @throws IllegalArgumentException when one of them cannot be written
   */
  static SerialTypes of(Class<?> type) {
    SerialTypes types = new SerialTypes(type);
    types.add(type, "it");
    return types;
  }

  boolean contain(Class<?> type) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.componentType();
    }
    return element.isPrimitive() || isOfTheJdk(element) || declared.contains(element);
  }

  /** Whether a class of that name may be among them. Loads nothing to find out. */
  boolean mayContain(String name) {
    String element = name.substring(name.lastIndexOf('[') + 1);
    boolean isArray = element.length() < name.length();
    if (isArray && element.length() == 1) {
      return true; // of primitive values
    }
    String type =
        isArray && element.startsWith("L") && element.endsWith(";")
            ? element.substring(1, element.length() - 1)
            : element;
    return OF_THE_JDK.contains(type)
        || type.startsWith("java.time.")
        || declared.stream().anyMatch(each -> each.getName().equals(type));
  }

  private static boolean isOfTheJdk(Class<?> type) {
    return OF_THE_JDK.contains(type.getName())
        || (type.getPackageName().equals("java.time") && type.getClassLoader() == null);
  }

  private void add(Type type, String where) {
    switch (type) {
      case Class<?> c when c.isArray() -> add(c.componentType(), where);
      case Class<?> c -> addClass(c, where);
      case GenericArrayType array -> add(array.getGenericComponentType(), where);
      case ParameterizedType generic -> {
        add(generic.getRawType(), where);
        addAll(generic.getActualTypeArguments(), where);
      }
      case WildcardType wildcard -> addAll(wildcard.getUpperBounds(), where);
      case TypeVariable<?> variable -> { // its bounds may refer to it
        for (Type bound : variable.getBounds()) {
          if (bound instanceof Class<?>) {
            add(bound, where);
          }
        }
      }
      default -> throw new IllegalArgumentException("unknown kind of type: " + type);
    }
  }

  private void addAll(Type[] types, String where) {
    for (Type type : types) {
      add(type, where);
    }
  }

  private void addClass(Class<?> type, String where) {
    if (type.isPrimitive() || isOfTheJdk(type) || !declared.add(type)) {
      return;
    }
    if (type.isSealed()) {
      addAll(type.getPermittedSubclasses(), where);
    }
    if (type.isEnum() || (type.isInterface() && mayBeImplemented(type))) {
      return; // its implementations are declared elsewhere, or refused
    }
    if (!Serializable.class.isAssignableFrom(type) || type.getClassLoader() == null) {
      boolean collects =
          Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
      throw new IllegalArgumentException(
          "%s cannot travel: %s is a %s; %s, or let the factory implement %s"
              .formatted(
                  root.getName(),
                  where,
                  type.getName(),
                  wayOut(type, collects),
                  Codecs.class.getName()));
    }
    addFields(type);
  }

  private static String wayOut(Class<?> type, boolean collects) {
    if (collects) {
      return "declare the interface";
    }
    return type.getClassLoader() == null
        ? "declare a text, a number, a URI or another class that travels"
        : "let it implement java.io.Serializable";
  }

  /**
   * An interface of the JDK, such as Path, is allowed only for the JDK's own values, since other
   * classes do not declare that they can travel.
   */
  private static boolean mayBeImplemented(Class<?> type) {
    return type.getClassLoader() != null
        || type.getPackageName().startsWith("java.time")
        || OF_THE_JDK.stream().anyMatch(name -> type.isAssignableFrom(jdkClass(name)));
  }

  private static Class<?> jdkClass(String name) {
    try {
      return Class.forName(name, false, null);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this JDK has no " + name, e);
    }
  }

  private void addFields(Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
        add(field.getGenericType(), type.getSimpleName() + "." + field.getName());
      }
    }
    Class<?> above = type.getSuperclass();
    if (above != null && Serializable.class.isAssignableFrom(above)) {
      add(above, "what it extends");
    }
  }
}
