package pool.cli.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.List;

/**
 * Makes records of one class, strictly: no part may be unknown, missing or repeated, and none is
 * converted to another kind, as {@code 1.5} to an {@code int}. Only a part of type {@code Optional}
 * may be missing.
 */
public final class Records {

  /**
   * A part of a record.
   *
   * @param name the name of the component, unless a Jackson annotation gives another
   * @param type the type of its values
   */
  record Part(String name, JavaType type) {

    boolean isOptional() {
      return Required.isOptional(type.getRawClass());
    }
  }

  private final JsonMapper mapper;
  private final ObjectReader reader;
  private final List<Part> parts;
  private final Refusal refusal;
  private final String name;

  private Records(Class<?> type, SimpleModule scalars, Refusal refusal) {
    this.mapper = mapper(scalars);
    this.refusal = refusal;
    this.name = type.getName();
    JavaType all = mapper.constructType(type);
    new RecordAccess(mapper.getTypeFactory()).require(all);
    requireReadable(all);
    this.reader = mapper.readerFor(all);
    this.parts =
        mapper.getDeserializationConfig().introspect(all).findProperties().stream()
            .filter(BeanPropertyDefinition::hasConstructorParameter)
            .map(property -> new Part(property.getName(), property.getPrimaryType()))
            .toList();
  }

  /**
   * Makes records of objects in JSON.
   *
   * @param type a record
   * @return a maker of such records
   * @throws IllegalArgumentException when such records cannot be made; the message says why
   */
  public static Records ofJson(Class<?> type) {
    return new Records(type, Scalars.ofJson(), Refusal.JSON);
  }

  /**
   * Makes records of named texts.
   *
   * @param type a record whose components can each be read from a text
   * @return a maker of such records
   * @throws IllegalArgumentException when such records cannot be made; the message says why
   */
  public static Records ofTexts(Class<?> type) {
    Records records = new Records(type, Scalars.ofTexts(), Refusal.TEXTS);
    records.parts.forEach(records::requireText);
    return records;
  }

  private static JsonMapper mapper(SimpleModule scalars) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints( // the longest line of the input is the limit
                StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();
    return JsonMapper.builder(factory)
        .annotationIntrospector(new Required())
        .addModules(new Jdk8Module(), scalars)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.USE_GETTERS_AS_SETTERS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .withCoercionConfigDefaults(
            all -> all.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Textual,
            text ->
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  /** Checks once, in advance, rather than for each line. */
  private void requireReadable(JavaType type) {
    DefaultDeserializationContext context =
        (DefaultDeserializationContext) mapper.getDeserializationContext();
    try {
      var _ =
          context
              .createDummyInstance(mapper.getDeserializationConfig())
              .findRootValueDeserializer(type);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(
          "records of %s cannot be made: %s".formatted(name, e.getOriginalMessage()), e);
    }
  }

  private void requireText(Part part) {
    JavaType type = part.type().isReferenceType() ? part.type().getReferencedType() : part.type();
    if (type.isContainerType() || type.isRecordType()) {
      throw new IllegalArgumentException(
          "component '%s' of %s is a %s, which no column can hold; use jsonl"
              .formatted(part.name(), name, type.getRawClass().getSimpleName()));
    }
  }

  /** The name of the records' class. */
  String name() {
    return name;
  }

  /** The parts, in the record's order. */
  List<Part> parts() {
    return parts;
  }

  /** An empty object, whose parts can be set before it is {@link #read(ObjectNode) read}. */
  ObjectNode empty() {
    return mapper.createObjectNode();
  }

  Object read(ObjectNode texts) throws Exception {
    try (JsonParser parser = mapper.treeAsTokens(texts)) {
      return read(parser);
    }
  }

  Object read(String json) throws Exception {
    try (JsonParser parser = mapper.createParser(json)) {
      return read(parser);
    }
  }

  private Object read(JsonParser parser) throws Exception {
    try {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException(
            parser.currentToken() == null
                ? "it is blank, and no JSON object"
                : "it is no JSON object");
      }
      Object read = reader.readValue(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("something follows its JSON object");
      }
      return read;
    } catch (JsonProcessingException e) {
      throw refusal.of(e, parser);
    }
  }
}
