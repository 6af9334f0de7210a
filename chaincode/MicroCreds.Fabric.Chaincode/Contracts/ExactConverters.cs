using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>An argument's value that could be taken in several ways, or not as it is written.</summary>
internal sealed class InexactValueException(string message) : JsonException(message);

/// <summary>The serializer's own form of a type, with a look at the text before and at the value after.</summary>
internal abstract class ExactConverter<T>(JsonConverter<T> stock) : JsonConverter<T>
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType is JsonTokenType.String or JsonTokenType.Number ? TextOf(ref reader) : null;
        return text is not null && Replace(text) is { } replaced
            ? replaced.Value
            : Checked(stock.Read(ref reader, typeToConvert, options)!, text);
    }

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        stock.Write(writer, CheckedToWrite(value), options);

    public sealed override T ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString()!;
        return Replace(text) is { } replaced
            ? replaced.Value
            : Checked(stock.ReadAsPropertyName(ref reader, typeToConvert, options), text);
    }

    public sealed override void WriteAsPropertyName(
        Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        stock.WriteAsPropertyName(writer, CheckedToWrite(value)!, options);

    /// <summary>Returns the value where the serializer would read another one; null to let it read.</summary>
    /// <exception cref="InexactValueException">The text can be taken in several ways.</exception>
    protected virtual Boxed? Replace(string text) => null;

    /// <exception cref="InexactValueException">The value is not what was written.</exception>
    protected virtual T Checked(T value, string? text) => value;

    /// <exception cref="InexactValueException">Another machine would write another text.</exception>
    protected virtual T CheckedToWrite(T value) => value;

    private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
        ? reader.GetString()!
        : Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);

    /// <summary>A value that is there, whatever it is.</summary>
    protected sealed record Boxed(T Value);
}

/// <summary>A moment: without a zone it would be read by the machine's.</summary>
internal sealed class ExactDateTimeOffset(JsonConverter<DateTimeOffset> stock) : ExactConverter<DateTimeOffset>(stock)
{
    private const int MaxFractionDigits = 7;

    /// <summary>Tells whether a date's text says its distance to UTC, as Z or as an offset.</summary>
    public static bool HasZone(string text)
    {
        int time = text.IndexOf('T', StringComparison.Ordinal);
        return time >= 0 && (text.EndsWith('Z') || text.AsSpan(time).ContainsAny('+', '-'));
    }

    /// <summary>Refuses what the serializer would cut off: it holds seven digits of a second.</summary>
    /// <exception cref="InexactValueException">The text says a finer part of a second.</exception>
    public static void CheckFraction(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return;
        var digits = text.AsSpan(point + 1);
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        digits = (end < 0 ? digits : digits[..end]).TrimEnd('0');
        if (digits.Length > MaxFractionDigits)
            throw new InexactValueException("it is finer than 100 ns: give it with seven digits of a second at most");
    }

    protected override Boxed? Replace(string text)
    {
        CheckFraction(text);
        return HasZone(text)
            ? null
            : throw new InexactValueException("it has no zone: end it with Z, or with an offset such as +02:00");
    }
}

/// <summary>A date and time: with an offset it would be turned into the machine's own time.</summary>
internal sealed class ExactDateTime(JsonConverter<DateTime> stock) : ExactConverter<DateTime>(stock)
{
    protected override Boxed? Replace(string text)
    {
        ExactDateTimeOffset.CheckFraction(text);
        if (!ExactDateTimeOffset.HasZone(text) || text.EndsWith('Z'))
            return null;

        return JsonSerializer.SerializeToElement(text).TryGetDateTimeOffset(out var moment)
            ? new Boxed(moment.UtcDateTime)
            : null;
    }

    protected override DateTime CheckedToWrite(DateTime value) => value.Kind != DateTimeKind.Local
        ? value
        : throw new InexactValueException(
            $"the time {value.ToString("s", CultureInfo.InvariantCulture)} is in this machine's zone: give it in UTC");
}

/// <summary>
/// A binary floating-point number: beyond its range it would be read as infinite, and next to zero as zero.
/// </summary>
internal sealed class FiniteNumber<T>(JsonConverter<T> stock) : ExactConverter<T>(stock)
    where T : INumberBase<T>
{
    protected override T Checked(T value, string? text)
    {
        // By its name it is meant, where the options take names at all.
        if (!T.IsFinite(value) && text is not ("NaN" or "Infinity" or "-Infinity"))
            throw new InexactValueException($"it is beyond what a {typeof(T).Name} holds");

        return !T.IsZero(value) || text?.TakeWhile(digit => digit is not ('e' or 'E')).Any(IsCounting) != true
            ? value
            : throw new InexactValueException($"it is nearer to zero than what a {typeof(T).Name} holds");
    }

    private static bool IsCounting(char digit) => digit is >= '1' and <= '9';
}

/// <summary>The serializer's own form of a number where the options have it in text, or by names.</summary>
internal sealed class HandledNumber<T>(JsonConverter<T> stock, JsonNumberHandling handling) : JsonConverter<T>
{
    private readonly JsonTypeInfo<T> _type = JsonMetadataServices.CreateValueInfo<T>(
        new() { NumberHandling = handling, TypeInfoResolver = JsonTypeInfoResolver.Combine() }, stock);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, _type)!;
        }
        catch (JsonException)
        {
            // It names its own place, which is that of the number alone.
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, _type);

    public override T ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        stock.ReadAsPropertyName(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        stock.WriteAsPropertyName(writer, value!, options);
}

/// <summary>A property whose numbers are written in another way than the options have it.</summary>
internal sealed class HandledOtherwise<T>(JsonSerializerOptions otherwise) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(ref reader, otherwise);
        }
        catch (InexactValueException inexact)
        {
            throw new InexactValueException(inexact.Message);
        }
        catch (JsonException)
        {
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, otherwise);
}

/// <summary>Text: of half a surrogate pair the serializer would make U+FFFD, as of any other half.</summary>
internal sealed class WellFormedText(JsonConverter<string> stock) : ExactConverter<string>(stock)
{
    protected override string CheckedToWrite(string value)
    {
        for (var rest = value.AsSpan(); rest.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at;)
        {
            if (Rune.DecodeFromUtf16(rest[at..], out _, out int length) != OperationStatus.Done)
                throw new InexactValueException("a text holds half of a surrogate pair, which UTF-8 has no bytes for");
            rest = rest[(at + length)..];
        }

        return value;
    }
}

/// <summary>A character: half of a surrogate pair is none.</summary>
internal sealed class WellFormedCharacter(JsonConverter<char> stock) : ExactConverter<char>(stock)
{
    protected override char CheckedToWrite(char value) => !char.IsSurrogate(value)
        ? value
        : throw new InexactValueException("half of a surrogate pair is no character: give it as text, with the other");
}

/// <summary>A decimal number: digits beyond its 28 would be rounded away.</summary>
internal sealed class ExactDecimal(JsonConverter<decimal> stock) : ExactConverter<decimal>(stock)
{
    private const int MaxExponentDigits = 17;

    protected override decimal Checked(decimal value, string? text) =>
        text is null || Normalize(text) == Normalize(value.ToString(CultureInfo.InvariantCulture))
            ? value
            : throw new InexactValueException("it has more digits than a Decimal holds");

    /// <summary>Returns the digits that count, and the power of ten of the last of them.</summary>
    private static (string Digits, long Exponent) Normalize(string number)
    {
        int e = number.IndexOfAny(['e', 'E']);
        string mantissa = (e < 0 ? number : number[..e]).TrimStart('-', '+');
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimEnd('0');
        if (digits.Length == 0)
            return ("", 0);

        long exponent = e < 0 ? 0 : ReadExponent(number.AsSpan(e + 1));
        int fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        return (digits.TrimStart('0'), exponent - fraction + (all.Length - digits.Length));
    }

    // An exponent of so many digits is beyond what the digits before it can make up for.
    private static long ReadExponent(ReadOnlySpan<char> text)
    {
        bool isNegative = text[0] == '-';
        var digits = text.TrimStart("+-").TrimStart('0');
        if (digits.Length > MaxExponentDigits) throw new InexactValueException("its exponent is beyond a Decimal's");
        long exponent = digits.IsEmpty ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return isNegative ? -exponent : exponent;
    }
}

/// <summary>
/// An enumeration: the serializer would take several names for the value that their bits make, and other cases.
/// </summary>
internal sealed class ExactEnum<T> : ExactConverter<T>
    where T : struct, Enum
{
    private static readonly bool HasFlags = typeof(T).GetCustomAttribute<FlagsAttribute>() is not null;

    /// <summary>How names may have been written of those in the source.</summary>
    private static readonly Func<string, string>[] Policies =
    [
        name => name, JsonNamingPolicy.CamelCase.ConvertName, JsonNamingPolicy.SnakeCaseLower.ConvertName,
        JsonNamingPolicy.SnakeCaseUpper.ConvertName, JsonNamingPolicy.KebabCaseLower.ConvertName,
        JsonNamingPolicy.KebabCaseUpper.ConvertName,
    ];

    private readonly JsonConverter<T> _stock;
    private HashSet<string>? _names;

    public ExactEnum(JsonConverter<T> stock)
        : base(stock) => _stock = stock;

    protected override T Checked(T value, string? text)
    {
        _names ??= FindNames();
        return HasFlags || text is null || _names.Contains(text)
            ? value
            : throw new InexactValueException("it is not one of the names as they are written");
    }

    /// <summary>The converter writes one name of each value, and reads the others in the same way.</summary>
    private HashSet<string> FindNames()
    {
        HashSet<string> written = [.. Enum.GetValues<T>().Select(NameOf)];
        var all = Policies.Select(policy => Enum.GetNames<T>().Select(name => NameIn(name, policy)).ToHashSet())
            .FirstOrDefault(written.IsSubsetOf);
        return all ?? written;
    }

    private static string NameIn(string name, Func<string, string> policy) =>
        typeof(T).GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? policy(name);

    private string NameOf(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            _stock.Write(writer, value, JsonSerializerOptions.Default);
        }

        var element = JsonElement.Parse(buffer.WrittenSpan);
        return element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
    }
}
