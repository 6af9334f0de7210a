using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Credentials;

/// <summary>The ways in which one credential is secured. All of them lead to the same Merkle leaf.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CredentialForm>))]
public enum CredentialForm
{
    /// <summary>JSON with a Data Integrity proof: what the gateway keeps.</summary>
    [JsonStringEnumMemberName("dataIntegrity")] DataIntegrity,

    /// <summary>A JSON Web Token (W3C VC-JOSE-COSE), the whole credential as its payload.</summary>
    [JsonStringEnumMemberName("vcJwt")] VcJwt,

    /// <summary>An SD-JWT VC (RFC 9901): the learner chooses what of it is shown.</summary>
    [JsonStringEnumMemberName("sdJwtVc")] SdJwtVc,
}

/// <summary>Tells the forms of credentials apart.</summary>
public static class CredentialForms
{
    /// <summary>Parts an SD-JWT.</summary>
    internal const byte DisclosureSeparator = (byte)'~';

    /// <summary>
    /// Tells by its first letters how a text claims to be secured. What starts like no token is read as JSON.
    /// </summary>
    /// <param name="utf8">The credential, without white space around it.</param>
    public static CredentialForm Of(ReadOnlySpan<byte> utf8)
    {
        // A token begins with an encoded header, and that with a brace and a quotation mark.
        if (!utf8.StartsWith("ey"u8)) return CredentialForm.DataIntegrity;
        return utf8.Contains(DisclosureSeparator) ? CredentialForm.SdJwtVc : CredentialForm.VcJwt;
    }

    /// <summary>Takes away white space around a text, which copying and files add.</summary>
    internal static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> utf8) => utf8.Trim(" \t\r\n"u8);
}
