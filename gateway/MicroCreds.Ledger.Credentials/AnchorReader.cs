using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Reads the anchor of a credential.</summary>
internal static class AnchorReader
{
    /// <summary>The longest inclusion proof: the height of the largest tree.</summary>
    private const int MaxPathLength = 20;

    private const int HashHexLength = 64;
    private const string Path = "/" + CredentialVocabulary.AnchorMember;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static readonly string[] Names =
        ["type", "ledger", "mspId", "root", "index", "size", "path", "transactionId", "keyId"];

    public static LedgerAnchorDocument Read(JsonElement root, FaultCollector faults)
    {
        if (faults.Object(root, "", CredentialVocabulary.AnchorMember) is not { } anchor) return Nothing;

        faults.Only(anchor, Path, Names);
        if (faults.Text(anchor, Path, "type") is { Length: > 0 } type && type != LedgerAnchorDocument.TypeName)
            faults.Add(Path + "/type", $"It must be {LedgerAnchorDocument.TypeName}.");

        int index = faults.Number(anchor, Path, "index");
        int size = faults.Number(anchor, Path, "size");
        if (size > Limits.MaxIssuanceSize) faults.Add(Path + "/size", $"It is beyond {Limits.MaxIssuanceSize}.");
        if (index >= size && size >= 0) faults.Add(Path + "/index", "It lies outside the tree: it must be below size.");
        return new LedgerAnchorDocument
        {
            Ledger = faults.Text(anchor, Path, "ledger"),
            MspId = faults.Text(anchor, Path, "mspId"),
            Root = Hash(faults.Text(anchor, Path, "root"), Path + "/root", faults),
            Index = index,
            Size = size,
            Path = ReadPath(anchor, faults),
            TransactionId = anchor.TryGetProperty("transactionId", out _)
                ? Hash(faults.Text(anchor, Path, "transactionId"), Path + "/transactionId", faults)
                : null,
            KeyId = faults.Text(anchor, Path, "keyId"),
        };
    }

    private static LedgerAnchorDocument Nothing { get; } = new()
    {
        Ledger = "",
        MspId = "",
        Root = "",
        Index = 0,
        Size = 0,
        Path = [],
        KeyId = "",
    };

    private static string[] ReadPath(JsonElement anchor, FaultCollector faults)
    {
        const string ListPath = Path + "/path";
        if (!anchor.TryGetProperty("path", out var path) || path.ValueKind != JsonValueKind.Array)
        {
            faults.Add(ListPath, "It must be a list of hashes.");
            return [];
        }

        if (path.GetArrayLength() > MaxPathLength)
        {
            faults.Add(ListPath, $"It has {path.GetArrayLength()} hashes; the largest tree needs {MaxPathLength}.");
            return [];
        }

        string[] hashes = new string[path.GetArrayLength()];
        for (int i = 0; i < hashes.Length; i++)
        {
            string text = path[i].ValueKind == JsonValueKind.String ? path[i].GetString()! : "?";
            hashes[i] = IsHash(text) ? text
                : Hash(text, string.Create(CultureInfo.InvariantCulture, $"{ListPath}/{i}"), faults);
        }

        return hashes;
    }

    private static bool IsHash(string text) =>
        text.Length == HashHexLength && !text.AsSpan().ContainsAnyExcept(HexDigits);

    private static string Hash(string text, string path, FaultCollector faults)
    {
        if (text.Length > 0 && !IsHash(text))
            faults.Add(path, "It must be 64 lower-case hexadecimal digits.");
        return text;
    }
}
