using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The claims of an SD-JWT as those see them who know tokens alone (RFC 9901, 7.1): the credential with what is
/// disclosed of it, and beside it what the token says itself, such as <c>iss</c> and <c>vct</c>.
/// </summary>
public static class SelectiveClaims
{
    /// <summary>Gives them. Nothing is verified.</summary>
    /// <param name="token">The SD-JWT with its disclosures, with the proof of its holder's key or without.</param>
    /// <exception cref="CredentialFormatException">It is none of ours.</exception>
    public static JsonElement Of(ReadOnlyMemory<byte> token)
    {
        using var document = JsonDocument.Parse(SdJwtReader.ClaimsOf(CredentialForms.Trim(token)).ToArray());
        return document.RootElement.Clone();
    }
}
