using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Reading;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The credentials that a learner brings: files, pasted text, and what was looked at before.</summary>
internal static class ProgressInput
{
    /// <summary>Reads all that a form holds, each credential once.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(IFormCollection form)
    {
        var found = new List<JsonElement>();
        var proofs = new List<JsonElement>();
        foreach (var file in form.Files)
        {
            using var memory = new MemoryStream();
            await file.CopyToAsync(memory);
            foreach (byte[] document in BroughtFile.Open(memory.ToArray()).Documents)
                Add(Encoding.UTF8.GetString(document), found, proofs);
        }

        Add(form["credentials"].ToString(), found, proofs);
        Add(form["kept"].ToString(), found, proofs);
        var paired = BroughtProofs.Pair(
            [.. found, .. proofs], BytesOf, (_, document) => JsonSerializer.Deserialize<JsonElement>(document),
            proof => proof);
        return [.. paired.DistinctBy(credential => credential.GetRawText(), StringComparer.Ordinal)];
    }

    /// <summary>Writes credentials so that <see cref="ReadAsync"/> finds them again.</summary>
    public static string Keep(IReadOnlyList<JsonElement> credentials) => JsonSerializer.Serialize(credentials);

    /// <summary>A list, one object, or a credential on each line: what cannot be read is told as such later.</summary>
    private static void Add(string text, List<JsonElement> found, List<JsonElement> proofs)
    {
        // A proof has many lines, none of which is a credential.
        if (BroughtProofs.OfText(text) is { } proof)
        {
            proofs.Add(JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(proof)));
            return;
        }

        text = text.Trim('\ufeff', ' ', '\t', '\r', '\n');
        if (text.Length == 0) return;
        if (TryParse(text) is { } whole)
        {
            found.AddRange(whole.ValueKind == JsonValueKind.Array ? whole.EnumerateArray().Where(IsOne) : [whole]);
            return;
        }

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string line in lines.Take(CredentialSet.MaxCredentials + 1))
        {
            var parsed = TryParse(line);
            found.Add(parsed is { } one && IsOne(one) ? one : JsonSerializer.SerializeToElement(line));
        }
    }

    private static byte[] BytesOf(JsonElement element) => Encoding.UTF8.GetBytes(
        element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText());

    private static bool IsOne(JsonElement element) =>
        element.ValueKind is JsonValueKind.Object or JsonValueKind.String;

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? document.RootElement.Clone()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
