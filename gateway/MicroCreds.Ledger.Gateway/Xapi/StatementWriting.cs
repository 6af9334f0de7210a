using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>How statements are written: as they are kept, and in the forms that they are asked for in.</summary>
internal static class StatementWriting
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Given = ["id", "stored", "authority", "version"];

    /// <summary>The SHA-256 of what was sent, but for what is the store's to say.</summary>
    public static byte[] DigestOf(JsonElement statement)
    {
        byte[] plain = Write(writer =>
        {
            writer.WriteStartObject();
            foreach (var member in statement.EnumerateObject())
            {
                if (!Given.Contains(member.Name, StringComparer.Ordinal)) WriteMember(writer, member);
            }

            writer.WriteEndObject();
        });
        using var json = JsonDocument.Parse(plain, new JsonDocumentOptions { MaxDepth = StatementForm.MaxDepth + 8 });
        return SHA256.HashData(CanonicalJson.Canonicalize(json.RootElement));
    }

    /// <summary>Writes a statement as it is kept.</summary>
    /// <param name="statement">As it was sent.</param>
    /// <param name="id">Its identifier.</param>
    /// <param name="authority">Who vouches for it, as JSON.</param>
    /// <param name="stored">When it is stored.</param>
    public static byte[] Keep(
        JsonElement statement, Guid id, string authority, DateTimeOffset stored) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id", id.ToString());
        foreach (var member in statement.EnumerateObject())
        {
            if (!Given.Contains(member.Name, StringComparer.Ordinal)) WriteMember(writer, member);
        }

        if (!statement.TryGetProperty("timestamp", out _)) writer.WriteString("timestamp", Moment(stored));
        writer.WriteString("stored", Moment(stored));
        writer.WritePropertyName("authority");
        writer.WriteRawValue(authority);
        writer.WriteString(
            "version", statement.TryGetProperty("version", out var version) ? version.GetString() : "1.0.0");
        writer.WriteEndObject();
    });

    /// <summary>Writes a kept statement in the form that is asked for.</summary>
    /// <param name="content">As it is kept.</param>
    /// <param name="format"><c>exact</c>, <c>ids</c> or <c>canonical</c>.</param>
    /// <param name="languages">The languages that are wanted, best first.</param>
    public static byte[] Form(byte[] content, string format, IReadOnlyList<string> languages)
    {
        if (format == "exact") return content;
        using var json = JsonDocument.Parse(content);
        return Write(writer => WriteForm(writer, json.RootElement, "", format == "ids", languages));
    }

    /// <summary>Writes a moment as xAPI has it.</summary>
    public static string Moment(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Writes JSON.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Plain)) write(writer);
        return output.WrittenSpan.ToArray();
    }

    // Activities of a context are lists from then on, and numbers keep the digits that they came with.
    private static void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        WriteListed(writer, member.Value, member.Name);
    }

    private static void WriteListed(Utf8JsonWriter writer, JsonElement value, string name)
    {
        bool isContext = name is "context" or "contextActivities"
            || (name == "object" && StatementRules.KindOf(value) == "SubStatement");
        if (!isContext || value.ValueKind != JsonValueKind.Object)
        {
            writer.WriteRawValue(value.GetRawText());
            return;
        }

        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (name == "contextActivities" && member.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartArray();
                writer.WriteRawValue(member.Value.GetRawText());
                writer.WriteEndArray();
            }
            else
            {
                WriteListed(writer, member.Value, name == "contextActivities" ? "" : member.Name);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteForm(
        Utf8JsonWriter writer, JsonElement value, string name, bool isIds, IReadOnlyList<string> languages)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray()) WriteForm(writer, item, name, isIds, languages);
            writer.WriteEndArray();
        }
        else if (value.ValueKind != JsonValueKind.Object || name is "extensions" or "account")
        {
            writer.WriteRawValue(value.GetRawText());
        }
        else if (!isIds && (name is "display" or "description" or "name"))
        {
            WriteOne(writer, value, languages);
        }
        else
        {
            bool isThing = name is "object" or "verb" or "actor" or "instructor" or "team" or "member" or "authority"
                or "parent" or "grouping" or "category" or "other";
            bool isGroup = ActorRules.IsGroup(value) && StatementTerms.IdentifierOf(value) is null;
            writer.WriteStartObject();
            foreach (var member in value.EnumerateObject())
            {
                if (isIds && isThing && IsLeftOut(member, isGroup)) continue;
                writer.WritePropertyName(member.Name);
                WriteForm(writer, member.Value, member.Name, isIds, languages);
            }

            writer.WriteEndObject();
        }
    }

    // A group that nothing identifies is its members; what says nothing of its kind is an activity.
    private static bool IsLeftOut(JsonProperty member, bool isAnonymousGroup) =>
        member.Name is "definition" or "display" or "name" || (member.Name == "member" && !isAnonymousGroup)
        || (member.Name == "objectType" && XapiValues.TextOf(member.Value) == "Activity");

    private static void WriteOne(Utf8JsonWriter writer, JsonElement map, IReadOnlyList<string> languages)
    {
        var members = map.EnumerateObject().ToList();
        var chosen = languages
            .SelectMany(RangesOf).Select(language => members.FirstOrDefault(one => IsLike(one.Name, language)))
            .FirstOrDefault(one => one.Value.ValueKind == JsonValueKind.String);
        if (chosen.Value.ValueKind != JsonValueKind.String) chosen = members.FirstOrDefault();
        writer.WriteStartObject();
        if (members.Count > 0)
        {
            writer.WritePropertyName(chosen.Name);
            writer.WriteRawValue(chosen.Value.GetRawText());
        }

        writer.WriteEndObject();
    }

    /// <summary>A language range, and what is tried after it: one subtag less each time (RFC 4647, 3.4).</summary>
    private static IEnumerable<string> RangesOf(string range)
    {
        while (range.Length > 0)
        {
            yield return range;
            range = range[..Math.Max(0, range.LastIndexOf('-'))];

            // A single letter says only what the subtag behind it is.
            if (range.Length > 1 && range[^2] == '-') range = range[..^2];
        }
    }

    private static bool IsLike(string tag, string wanted) => tag.Equals(wanted, StringComparison.OrdinalIgnoreCase)
        || tag.StartsWith(wanted + "-", StringComparison.OrdinalIgnoreCase);
}
