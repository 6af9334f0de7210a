using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Fabric.Protocol;

/// <summary>The form of an argument or a result of a contract.</summary>
public enum ContractValueForm
{
    /// <summary>Bytes as they are.</summary>
    Bytes,

    /// <summary>Text as it is, in UTF-8.</summary>
    Text,

    /// <summary>What is text in JSON, such as a date or an enumeration, without the quotation marks.</summary>
    QuotedText,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>
/// How values of one type are written as an argument or a result of a contract, as Fabric's contract API does: text as
/// it is, everything else as JSON.
/// </summary>
/// <remarks>Thread-safe. Source: the contract libraries of Fabric for Go, Java and Node.</remarks>
public sealed class ContractValueFormat
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly JsonTypeInfo _type;

    /// <summary>Makes the format of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="options">How the type is written in JSON, which decides the form.</param>
    /// <param name="exact">The same with further checks of values. Default is null: no further ones.</param>
    /// <exception cref="NotSupportedException">The type has no form in JSON, or the options do not know it.
    /// </exception>
    public ContractValueFormat(Type type, JsonSerializerOptions options, JsonSerializerOptions? exact = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(options);
        _type = (exact ?? options).GetTypeInfo(type);
        Form = type == typeof(byte[]) ? ContractValueForm.Bytes
            : type == typeof(string) ? ContractValueForm.Text
            : IsTextInJson(type, options) ? ContractValueForm.QuotedText
            : ContractValueForm.Json;
        RefuseNothing(_type, []);
    }

    /// <summary>Gets the form.</summary>
    public ContractValueForm Form { get; }

    /// <summary>Gets what the serializer knows of the type.</summary>
    public JsonTypeInfo TypeInfo => _type;

    /// <summary>Reads a value.</summary>
    /// <exception cref="DecoderFallbackException">It is text, and the bytes are not UTF-8.</exception>
    /// <exception cref="JsonException">The bytes are not such a value.</exception>
    public object? Read(ReadOnlySpan<byte> bytes) => Form switch
    {
        ContractValueForm.Bytes => bytes.ToArray(),
        ContractValueForm.Text => StrictUtf8.GetString(bytes),
        ContractValueForm.QuotedText => JsonSerializer.Deserialize(Quote(StrictUtf8.GetString(bytes)), _type),
        _ => JsonSerializer.Deserialize(bytes, _type),
    };

    /// <summary>Writes a value; null as nothing where it is no JSON.</summary>
    /// <exception cref="EncoderFallbackException">It is text with half a surrogate pair.</exception>
    /// <exception cref="JsonException">It has no form, such as a number that is none.</exception>
    public ReadOnlyMemory<byte> Write(object? value) => (Form, value) switch
    {
        (ContractValueForm.Json, null) => "null"u8.ToArray(),
        (_, null) => default,
        (ContractValueForm.Bytes, _) => (byte[])value,
        (ContractValueForm.Text, _) => StrictUtf8.GetBytes((string)value),
        (ContractValueForm.QuotedText, _) =>
            StrictUtf8.GetBytes(JsonSerializer.SerializeToNode(value, _type)!.GetValue<string>()),
        _ => JsonSerializer.SerializeToUtf8Bytes(value, _type),
    };

    /// <summary>Fields are not written: of a tuple nothing would arrive.</summary>
    private static void RefuseNothing(JsonTypeInfo info, HashSet<Type> seen)
    {
        if (!seen.Add(info.Type)) return;
        if (info is { Kind: JsonTypeInfoKind.Object, Properties.Count: 0, Type.IsValueType: true }
            && Nullable.GetUnderlyingType(info.Type) is null && info.PolymorphismOptions is null)
        {
            throw new NotSupportedException(
                $"{info.Type} has no properties, as a tuple has none, and fields are not written: use a record.");
        }

        var parts = info.Properties.Where(one => one is { CustomConverter: null, IsExtensionData: false }
                && (one.Get is not null || one.Set is not null))
            .Select(one => one.PropertyType);
        if (info.ElementType is { } element) parts = parts.Append(element);
        foreach (var part in parts)
        {
            if (info.Options.TryGetTypeInfo(part, out var known)) RefuseNothing(known, seen);
        }
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static bool IsTextInJson(Type type, JsonSerializerOptions options) =>
        type != typeof(char)
        && options.GetJsonSchemaAsNode(type) is JsonObject schema
        && TypesOf(schema).Where(name => name != "null").Distinct().ToArray() is ["string"];

    private static IEnumerable<string> TypesOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(name => name!.GetValue<string>()),
        JsonValue one => [one.GetValue<string>()],
        _ when schema["enum"] is JsonArray values => values.Select(value =>
            value?.GetValueKind() == JsonValueKind.String ? "string" : "null"),
        _ => [],
    };
}
