namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>How wallets are met. Settings begin with <c>Wallet</c>.</summary>
public sealed record WalletOptions
{
    /// <summary>
    /// Whether only what the High Assurance Interoperability Profile (HAIP 1.0) allows is offered and taken: SD-JWT VC,
    /// ES256, certificates, encrypted presentations, tokens bound to keys. Default is no.
    /// </summary>
    public bool HighAssurance { get; init; }

    /// <summary>
    /// By what wallets know this gateway when it asks them. Default is by the digest of the issuer key's certificate
    /// where there is one, and else by the institution's DID.
    /// </summary>
    public VerifierName? VerifierName { get; init; }

    /// <summary>
    /// A file with the certificates (PEM) of authorities that certify who attests wallets. Wallets then have to bring
    /// such an attestation before they get tokens. Default is none: no attestation is asked for.
    /// </summary>
    public string? Attesters { get; init; }

    /// <summary>
    /// A file with the certificates (PEM) of authorities that certify who attests the keys of wallets. Copies are then
    /// bound to keys alone that are so attested. Default is none: a wallet's proof of its key is enough.
    /// </summary>
    public string? KeyAttesters { get; init; }

    /// <summary>
    /// How a wallet has to keep its keys, one of these, such as <c>iso_18045_high</c>. Default is that it is not
    /// looked at.
    /// </summary>
    public IReadOnlyList<string> KeyStorage { get; init; } = [];

    /// <summary>
    /// How whoever uses a wallet's keys has to show who they are, one of these, such as <c>iso_18045_moderate</c>.
    /// Default is that it is not looked at.
    /// </summary>
    public IReadOnlyList<string> UserAuthentication { get; init; } = [];

    /// <summary>How long what a wallet presented is kept for whoever asked. Default is 10 minutes.</summary>
    public TimeSpan AnswerRetention { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>By what wallets know who asks them (OpenID4VP 1.0, 5.9.3).</summary>
public enum VerifierName
{
    /// <summary>The digest of the certificate, <c>x509_hash</c>.</summary>
    X509Hash,

    /// <summary>The host that the certificate is for, <c>x509_san_dns</c>.</summary>
    X509SanDns,

    /// <summary>The institution's DID, <c>decentralized_identifier</c>.</summary>
    Did,
}
