using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>
/// What a statement's signature must be (xAPI 1.0.3, part two, 2.6): a JWS of the statement itself. Whose the key is
/// nobody asks: what counts here is who sent the statement.
/// </summary>
internal static class StatementSignature
{
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512"];

    private static readonly string[] Unsigned = ["stored", "authority", "version", "timestamp", "attachments"];

    /// <summary>Refuses what is no signature of the statement.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static void Require(JsonElement statement, JsonElement attachment, StatementAttachment? content)
    {
        if (attachment.GetProperty("contentType").GetString() != "application/octet-stream")
            throw Fault("is a signature, whose contentType must be application/octet-stream.");
        if (content is null) throw Fault("is a signature, which has to come along.");
        string[] parts = Encoding.ASCII.GetString(content.Content).Split('.');
        try
        {
            if (parts.Length != 3) throw Fault("is no JWS in its compact form.");
            var header = StatementForm.ParseJson(Base64Url.DecodeFromChars(parts[0]));
            if (header.ValueKind != JsonValueKind.Object || !header.TryGetProperty("alg", out var algorithm)
                || !Algorithms.Contains(XapiValues.TextOf(algorithm), StringComparer.Ordinal))
                throw Fault($"is a JWS of another algorithm than {string.Join(", ", Algorithms)}.");
            var payload = StatementForm.ParseJson(Base64Url.DecodeFromChars(parts[1]));
            if (!Plain(payload).AsSpan().SequenceEqual(Plain(statement)))
                throw Fault("is a JWS of another statement.");
        }
        catch (Exception exception) when (exception is FormatException or StrictJsonException)
        {
            throw Fault($"is no JWS that can be read: {exception.Message}");
        }
    }

    private static byte[] Plain(JsonElement statement)
    {
        if (JsonNode.Parse(statement.GetRawText()) is not JsonObject plain) return [];
        foreach (string name in Unsigned) plain.Remove(name);
        return CanonicalJson.Canonicalize(plain);
    }

    private static ProblemException Fault(string reason) => ProblemException.Invalid("/attachments", reason);
}
