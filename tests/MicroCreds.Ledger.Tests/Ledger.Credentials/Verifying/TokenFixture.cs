using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>The cohort of <see cref="VerifierFixture"/>, its learners with grades and evidence, as tokens.</summary>
public abstract class TokenFixture : VerifierFixture
{
    private protected TokenFixture()
    {
        Cohort = Issuer.Issue([.. Enumerable.Range(0, 5).Select(i => SampleIssuer.Request($"Learner Nr. {i}") with
        {
            Recipient = new Recipient { Name = $"Learner Nr. {i}", Id = $"did:example:{i}" },
            ValidUntil = SampleIssuer.IssuedAt.AddYears(20),
            Result = new CredentialResult { Value = "5" },
            Evidence = [new CredentialEvidence { Description = "An essay." }],
        })]);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance;
        Writer = WriterOf(Issuer.Key, "key-1");
    }

    internal CredentialFormWriter Writer { get; }

    internal byte[] VcJwt => Writer.WriteVcJwt(Document);

    internal byte[] SdJwt => Writer.WriteSdJwt(Document);

    internal CredentialFormWriter WriterOf(IssuerPrivateKey key, string keyId) =>
        new(key, Issuer.Institution.Did, keyId);

    internal byte[] Token(bool isSdJwt) => isSdJwt ? SdJwt : VcJwt;

    /// <summary>Changes a token without signing it anew.</summary>
    internal byte[] Changed(bool isSdJwt, Action<ForgedToken> change) =>
        ForgedToken.Of(Token(isSdJwt)).Change(change).ToArray();

    /// <summary>Changes a token and signs it anew with the issuer's true key: only the anchor can tell.</summary>
    internal byte[] Resigned(bool isSdJwt, Action<ForgedToken> change) =>
        ForgedToken.Of(Token(isSdJwt)).Change(change).Sign(Issuer.Key);
}
