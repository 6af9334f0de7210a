using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Fabric.Protocol;

/// <summary>How a contract's arguments and results are written as JSON, unless it says otherwise.</summary>
public static class ContractJson
{
    /// <summary>
    /// Gets the types that every contract can use without naming a serializer context: text, bytes, booleans, numbers,
    /// dates, times, identifiers and addresses, and <c>string[]</c>.
    /// </summary>
    public static IJsonTypeInfoResolver PlainTypes => Protocol.PlainTypes.Default;

    /// <summary>Makes options: strict, in camel case, with no more escapes than JSON asks for. Read-only.</summary>
    /// <param name="types">The types there are.</param>
    /// <param name="converters">Converters that come first, such as those of enumerations.</param>
    public static JsonSerializerOptions NewOptions(
        IJsonTypeInfoResolver types, params IReadOnlyList<JsonConverter> converters)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(converters);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = types,
        };
        foreach (var converter in converters) options.Converters.Add(converter);

        options.MakeReadOnly();
        return options;
    }

    /// <summary>
    /// Makes the converter of an enumeration: one of its names in camel case, never a number.
    /// </summary>
    /// <typeparam name="TEnum">The enumeration.</typeparam>
    public static JsonConverter NewEnumConverter<TEnum>()
        where TEnum : struct, Enum =>
        new JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
}

/// <summary>The types that need no serializer context of the contract's own.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(Uri))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(char?))]
[JsonSerializable(typeof(sbyte?))]
[JsonSerializable(typeof(byte?))]
[JsonSerializable(typeof(short?))]
[JsonSerializable(typeof(ushort?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(uint?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(ulong?))]
[JsonSerializable(typeof(float?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(decimal?))]
[JsonSerializable(typeof(DateTime?))]
[JsonSerializable(typeof(DateTimeOffset?))]
[JsonSerializable(typeof(DateOnly?))]
[JsonSerializable(typeof(TimeOnly?))]
[JsonSerializable(typeof(TimeSpan?))]
[JsonSerializable(typeof(Guid?))]
internal sealed partial class PlainTypes : JsonSerializerContext;
