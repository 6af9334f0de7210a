using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>
/// Makes the serializer's own forms of dates, numbers and enumerations exact: what it would read by the machine's time
/// zone, round to nothing or take for another value is refused, since endorsing peers must come to the same.
/// </summary>
internal sealed class ExactValues : JsonConverterFactory
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Known = [];

    private readonly JsonSerializerOptions _given;

    private ExactValues(JsonSerializerOptions given) => _given = given;

    /// <summary>Returns the options with exact values; one copy for each.</summary>
    public static JsonSerializerOptions In(JsonSerializerOptions options) => Known.GetValue(options, static given =>
    {
        var exact = new JsonSerializerOptions(given);
        exact.Converters.Insert(0, new ExactValues(given));
        exact.MakeReadOnly(populateMissingResolver: true);
        return exact;
    });

    public override bool CanConvert(Type typeToConvert) => IsExactOnlyHere(typeToConvert) && IsStock(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var stock = _given.GetConverter(typeToConvert);
        return stock switch
        {
            JsonConverter<DateTime> dates => new ExactDateTime(dates),
            JsonConverter<DateTimeOffset> dates => new ExactDateTimeOffset(dates),
            JsonConverter<double> numbers => new FiniteNumber<double>(numbers),
            JsonConverter<float> numbers => new FiniteNumber<float>(numbers),
            JsonConverter<Half> numbers => new FiniteNumber<Half>(numbers),
            JsonConverter<decimal> numbers => new ExactDecimal(numbers),
            _ => (JsonConverter)Activator.CreateInstance(typeof(ExactEnum<>).MakeGenericType(typeToConvert), stock)!,
        };
    }

    private bool IsExactOnlyHere(Type type) =>
        type.IsEnum || type == typeof(DateTime) || type == typeof(DateTimeOffset)
        || (_given.NumberHandling == JsonNumberHandling.Strict
            && (type == typeof(double) || type == typeof(float) || type == typeof(Half) || type == typeof(decimal)));

    // A converter of the contract's own knows what it does.
    private bool IsStock(Type type) => _given.GetConverter(type).GetType().Assembly == typeof(JsonSerializer).Assembly;
}
