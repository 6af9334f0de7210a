using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>
/// Makes the serializer's own forms of dates, numbers and enumerations exact: what it would read by the machine's time
/// zone, take for infinite, for zero or for another value is refused, since endorsing peers must come to the same.
/// Binary floating-point numbers are rounded to the nearest one, which is the same everywhere.
/// </summary>
internal sealed class ExactValues : JsonConverterFactory
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Known = [];

    private readonly ConcurrentDictionary<JsonNumberHandling, JsonSerializerOptions> _otherwise = new();
    private readonly JsonSerializerOptions _given;

    private ExactValues(JsonSerializerOptions given) => _given = given;

    /// <summary>Returns the options with exact values; one copy for each.</summary>
    public static JsonSerializerOptions In(JsonSerializerOptions options) => Known.GetValue(options, static given =>
    {
        // As the serializer does it at its first use, and its schemas do not.
        if (given.TypeInfoResolver is null)
            given.MakeReadOnly(populateMissingResolver: true);

        var exact = new JsonSerializerOptions(given);
        var values = new ExactValues(given);
        exact.Converters.Insert(0, values);

        // The serializer heeds a property's own number handling in its own converters only.
        exact.TypeInfoResolver = given.TypeInfoResolver?.WithAddedModifier(values.KeepNumberHandling);
        exact.MakeReadOnly(populateMissingResolver: true);
        return exact;
    });

    public override bool CanConvert(Type typeToConvert) =>
        (typeToConvert.IsEnum || typeToConvert == typeof(DateTime) || typeToConvert == typeof(DateTimeOffset)
            || typeToConvert == typeof(string) || typeToConvert == typeof(char) || IsFraction(typeToConvert))
        && IsStock(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var stock = _given.GetConverter(typeToConvert);
        return stock switch
        {
            JsonConverter<string> texts => new WellFormedText(texts),
            JsonConverter<char> characters => new WellFormedCharacter(characters),
            JsonConverter<DateTime> dates => new ExactDateTime(dates),
            JsonConverter<DateTimeOffset> dates => new ExactDateTimeOffset(dates),
            JsonConverter<double> numbers => new FiniteNumber<double>(Handled(numbers)),
            JsonConverter<float> numbers => new FiniteNumber<float>(Handled(numbers)),
            JsonConverter<Half> numbers => new FiniteNumber<Half>(Handled(numbers)),
            JsonConverter<decimal> numbers => new ExactDecimal(Handled(numbers)),
            _ => (JsonConverter)Activator.CreateInstance(typeof(ExactEnum<>).MakeGenericType(typeToConvert), stock)!,
        };
    }

    private static bool IsFraction(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(Half) || type == typeof(decimal);

    private static bool HasFractions(Type type) => IsFraction(Nullable.GetUnderlyingType(type) ?? type)
        || type.GetInterfaces().Append(type).Any(one => one.IsGenericType
            && one.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            && IsFraction(ElementOf(one.GenericTypeArguments[0])));

    private static Type ElementOf(Type type)
    {
        var value = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            ? type.GenericTypeArguments[1] : type;
        return Nullable.GetUnderlyingType(value) ?? value;
    }

    private JsonConverter<T> Handled<T>(JsonConverter<T> stock) => _given.NumberHandling == JsonNumberHandling.Strict
        ? stock : new HandledNumber<T>(stock, _given.NumberHandling);

    /// <summary>Keeps what a property, or its type, says of how its numbers are written.</summary>
    private void KeepNumberHandling(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((property.NumberHandling ?? type.NumberHandling) is not { } handling
                || handling == _given.NumberHandling || property.CustomConverter is not null
                || !HasFractions(property.PropertyType))
            {
                continue;
            }

            var options = _otherwise.GetOrAdd(
                handling, static (other, given) => In(new(given) { NumberHandling = other }), _given);
            property.NumberHandling = null;
            property.CustomConverter = (JsonConverter)Activator.CreateInstance(
                typeof(HandledOtherwise<>).MakeGenericType(property.PropertyType), options)!;
        }
    }

    // A converter of the contract's own knows what it does.
    private bool IsStock(Type type) => _given.GetConverter(type).GetType().Assembly == typeof(JsonSerializer).Assembly;
}
