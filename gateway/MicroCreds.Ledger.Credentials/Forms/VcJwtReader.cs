namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Reads a VC-JWT (W3C VC-JOSE-COSE): the payload is the credential, and its claims beside it.</summary>
internal static class VcJwtReader
{
    public static ReadCredential Read(ReadOnlyMemory<byte> token, FaultCollector faults)
    {
        var jws = CompactJws.Read(token, TokenClaims.VcJwtType, TokenClaims.VcJwtContentType, faults);
        using var payload = TokenPayload.Parse(jws.Payload, faults, out var canonical);
        var root = payload.RootElement;
        if (root.TryGetProperty(CredentialVocabulary.ProofMember, out _))
            faults.Add("/" + CredentialVocabulary.ProofMember, "A token has its own signature and no other proof.");

        var (members, tokenKey) = HolderBinding.TakeOfToken(
            root, CredentialReader.Members(root, canonical, faults, TokenClaims.OfVcJwt), faults);
        CredentialReader.CheckOpen(root, faults);
        var credential = CredentialReader.Read(
            root, members, faults, CredentialForm.VcJwt, jws.Proof, tokenKey: tokenKey);
        TokenClaims.Check(root, TokenClaims.OfVcJwt, credential, faults);
        return credential;
    }
}
