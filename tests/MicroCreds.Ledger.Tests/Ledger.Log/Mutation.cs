using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>Small changes of files that one reader might take and another might not.</summary>
internal static class Mutation
{
    private const string Letters = "AZaz09+/= \n\r\t—\u00a0\ufeff";
    private static readonly string[] Values =
        ["null", "true", "false", "0", "1", "-1", "\"\"", "[]", "{}", "\"0\"", "[0]", "1.5", "-0.0", "1e0", "2.0"];

    private static readonly string[] Names = ["x", "_sd", "__proto__", "@type", "toString", "type", "proof"];

    /// <summary>Changes a proof: a letter, a line, or a bit or byte of its extra data.</summary>
    public static string OfProof(string proof, Random random)
    {
        List<string> lines = [.. proof.Split('\n')];
        int at = random.Next(proof.Length), line = random.Next(lines.Count), other = random.Next(lines.Count);
        string letter = Letters[random.Next(Letters.Length)].ToString();
        switch (random.Next(8))
        {
            case 0: return proof[..at] + letter + proof[(at + 1)..];
            case 1: return proof[..at] + proof[(at + 1)..];
            case 2: return proof[..at] + letter + proof[at..];
            case 3: lines.Insert(line, lines[other]); break;
            case 4: lines.RemoveAt(line); break;
            case 5: (lines[line], lines[other]) = (lines[other], lines[line]); break;
            default: lines[1] = OfExtra(lines[1], random); break;
        }

        return string.Join('\n', lines);
    }

    /// <summary>Changes a value, a name or the members of a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="random">What chooses.</param>
    /// <param name="below">Below which of its members. Default is anywhere.</param>
    public static string OfJson(string json, Random random, params string[] below)
    {
        var document = JsonNode.Parse(json)!;
        string[] roots = below.Length == 0 ? [.. document.AsObject().Select(one => one.Key)] : below;
        JsonNode[] places = [.. Places(document[roots[random.Next(roots.Length)]]!)];
        var place = places[random.Next(places.Length)];
        string value = Values[random.Next(Values.Length)], text = place.ToJsonString();
        string changed = (place, random.Next(6)) switch
        {
            (JsonObject members, 0) => $"{text[..^1]}{(members.Count > 0 ? "," : "")}"
                + $"\"{Names[random.Next(Names.Length)]}\":{value}}}",
            (JsonObject { Count: > 0 } members, 1) => $"{{{NameIn(members, random)}:{value},{text[1..]}",
            (JsonArray { Count: > 0 }, 0) => $"[{value},{text[1..]}",
            (JsonValue, 0) when text[0] == '"' => $"{text[..^1]} \"",
            (JsonValue, 1) when text[0] == '"' => $"\"\\u{(int)text[1]:x4}{text[Math.Min(2, text.Length - 1)..]}",
            (_, 2) => $"[{text}]",
            (_, 3) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            (JsonValue, 4) when text[0] != '"' => $"{text}.0",
            _ => value,
        };
        const string Mark = "the-place-that-is-changed";
        if (place.Parent is null) return changed;
        place.ReplaceWith(Mark);
        return document.ToJsonString().Replace($"\"{Mark}\"", changed, StringComparison.Ordinal);
    }

    private static string NameIn(JsonObject members, Random random) =>
        $"\"{members.ElementAt(random.Next(members.Count)).Key}\"";

    private static IEnumerable<JsonNode> Places(JsonNode node) => node switch
    {
        JsonObject members => members.Where(one => one.Value is not null).SelectMany(one => Places(one.Value!))
            .Prepend(node),
        JsonArray list => list.Where(one => one is not null).SelectMany(one => Places(one!)).Prepend(node),
        _ => [node],
    };

    private static string OfExtra(string line, Random random)
    {
        const string Word = "extra ";
        List<byte> bytes = [.. Convert.FromBase64String(line[Word.Length..])];
        int at = random.Next(bytes.Count);
        switch (random.Next(3))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes.Insert(at, (byte)random.Next(256)); break;
            default: bytes.RemoveAt(at); break;
        }

        return Word + Convert.ToBase64String([.. bytes]);
    }
}
