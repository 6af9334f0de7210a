using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>A document that is kept whole, as stores of earlier versions have it.</summary>
public sealed class MadeDocumentTests
{
    [Fact]
    public async Task Complete_DocumentKeptWhole_HasAnotherProofAndTheSameLeaf()
    {
        using var issuer = new SampleIssuer();
        byte[] finished = issuer.Issue().Documents[0];
        var made = MadeDocument.TryOfWhole(
            new StoredDocument(Guid.NewGuid(), 0, 0, 1, new KeptDocument(PackedDocument.Of(finished).Bytes)))!;
        Assert.Equal(finished, made.WithFirstProof());

        var signer = new CredentialSigner(issuer.OtherKey, issuer.Institution.Did, "key-2", made.ValidFrom);
        var again = CredentialReader.Read(
            await made.CompleteAsync(signer, TestContext.Current.CancellationToken));
        var first = CredentialReader.Read(finished);
        Assert.Equal("key-2", again.Proof.KeyId);
        Assert.True(again.IsSignedBy(Multikey.Parse(issuer.OtherKey.PublicKeyMultibase)));
        Assert.Equal(first.LeafHash(), again.LeafHash());
        Assert.Equal(first.Anchor.Root, again.Anchor.Root);
    }
}
