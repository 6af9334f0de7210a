using System.Text.Json;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Tells what claims to be a credential of a ledger such as ours, so that a damaged one is called damaged, and not
/// foreign.
/// </summary>
public static class OwnMark
{
    private const string BundleType = "OfflineBundle";

    private static ReadOnlySpan<byte> Salt => "leafSalt"u8;

    private static ReadOnlySpan<byte> Anchor => "ledgerAnchor"u8;

    /// <summary>Tells whether bytes bear a mark of ours anywhere: it may be damaged, or wrapped.</summary>
    public static bool IsIn(ReadOnlySpan<byte> bytes) => CompactText.Is(bytes)
        || bytes.IndexOf(Salt) >= 0 || bytes.IndexOf(Anchor) >= 0 || (PayloadOf(bytes) is { } payload
            && (payload.AsSpan().IndexOf(Salt) >= 0 || payload.AsSpan().IndexOf(Anchor) >= 0));

    /// <summary>Tells whether a JSON object is itself a credential of ours, or an offline bundle of one.</summary>
    internal static bool IsOn(JsonElement root) => root.ValueKind == JsonValueKind.Object
        && (root.TryGetProperty(CredentialVocabulary.AnchorMember, out _)
            || root.TryGetProperty(CredentialVocabulary.SaltMember, out _)
            || (root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                && type.ValueEquals(BundleType)));

    /// <summary>Decodes the payload of a token; nothing of what is none.</summary>
    internal static byte[]? PayloadOf(ReadOnlySpan<byte> token)
    {
        token = token.Trim(" \t\r\n"u8);
        if (!token.StartsWith("ey"u8)) return null;
        int first = token.IndexOf((byte)'.');
        if (first < 0) return null;
        int length = token[(first + 1)..].IndexOf((byte)'.');
        return length > 0 && StrictBase64Url.TryDecode(token.Slice(first + 1, length), out byte[] payload)
            ? payload
            : null;
    }
}
