using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// A credential together with the proof that gateways of its consortium hand out, as one thing to bring, keep and send:
/// <c>{ "credential": …, "proof": "…" }</c>, the credential an object, or a text in another form.
/// </summary>
/// <param name="Credential">The credential as it was issued. Personal: never log it.</param>
/// <param name="Proof">The proof.</param>
public readonly record struct ProvenCredential(ReadOnlyMemory<byte> Credential, ReadOnlyMemory<byte> Proof)
{
    private const string CredentialMember = "credential";
    private const string ProofMember = "proof";

    /// <summary>What such a thing looks like, for whoever has to send one.</summary>
    public const string Shape = $"{{\"{CredentialMember}\": …, \"{ProofMember}\": \"…\"}}";

    private static ReadOnlySpan<byte> ProofBeginning => "c2sp.org/tlog-proof@"u8;

    /// <summary>Takes apart what holds a credential and its proof; nothing of anything else.</summary>
    public static ProvenCredential? Find(ReadOnlyMemory<byte> brought)
    {
        // Nearly all that arrives is a credential by itself, and is not to be parsed twice.
        if (brought.Span.IndexOf("\"credential\""u8) < 0 || brought.Span.IndexOf("\"proof\""u8) < 0) return null;
        try
        {
            using var document = StrictJson.Parse(brought);
            var root = document.RootElement;
            return IsOn(root)
                ? new ProvenCredential(
                    BytesOf(root.GetProperty(CredentialMember)),
                    Encoding.UTF8.GetBytes(root.GetProperty(ProofMember).GetString()!))
                : null;
        }
        catch (StrictJsonException)
        {
            // Whoever reads the credential says what is wrong with it.
            return null;
        }
    }

    /// <summary>Tells whether bytes are a proof by itself, which proves nothing without its credential.</summary>
    public static bool IsProof(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8).StartsWith(ProofBeginning);

    /// <summary>Writes both as one, the credential letter by letter.</summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(CredentialMember);
            if (IsObject(Credential)) writer.WriteRawValue(Credential.Span);
            else writer.WriteStringValue(Encoding.UTF8.GetString(Credential.Span).Trim());
            writer.WriteString(ProofMember, Encoding.UTF8.GetString(Proof.Span));
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    internal static bool IsOn(JsonElement root) => root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(CredentialMember, out var credential)
        && credential.ValueKind is JsonValueKind.Object or JsonValueKind.String
        && root.TryGetProperty(ProofMember, out var proof) && proof.ValueKind == JsonValueKind.String
        && IsProof(Encoding.UTF8.GetBytes(proof.GetString()!));

    private static bool IsObject(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] BytesOf(JsonElement credential) => Encoding.UTF8.GetBytes(
        credential.ValueKind == JsonValueKind.String ? credential.GetString()! : credential.GetRawText());
}
