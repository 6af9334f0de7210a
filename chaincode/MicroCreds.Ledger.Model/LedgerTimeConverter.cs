using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>Times in UTC with milliseconds, always written alike so that a record has one form.</summary>
internal sealed class LedgerTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // A time without a zone would be read in the zone of the machine that reads it.
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (text is { Length: >= 20 and <= 35 } && text[10] == 'T' && HasZone(text)
            && reader.TryGetDateTimeOffset(out var time))
        {
            return LedgerJson.ToMilliseconds(time);
        }

        throw new JsonException("A time must look like 2026-01-31T12:00:00.000Z, with its zone.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));

    private static bool HasZone(string text) => text[^1] == 'Z' || text[^6] is '+' or '-';
}
