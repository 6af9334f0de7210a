using System.Collections.Concurrent;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>A cohort that is built by many threads at once with one template and one signer.</summary>
public sealed class ParallelIssuingTests
{
    private const int Size = 2000;

    [Fact]
    public void FillAndComplete_OnManyThreads_GiveSoundAndDifferentCredentials()
    {
        using var issuer = new SampleIssuer();
        var template = new CredentialTemplate(issuer.Achievement, issuer.Institution, issuer.Context);
        var signer = new CredentialSigner(issuer.Key, issuer.Institution.Did, "key-1", SampleIssuer.IssuedAt);
        var threads = new ParallelOptions { MaxDegreeOfParallelism = 8 };
        var unsigned = new UnsignedCredential[Size];
        Parallel.For(0, Size, threads, i =>
            unsigned[i] = template.Fill(SampleIssuer.Request($"Learner Nr. {i}"), leaf: i));
        var tree = MerkleTree.Build([.. unsigned.Select(credential => credential.LeafHash())]);
        string root = Convert.ToHexStringLower(tree.Root);
        var key = Multikey.Parse(issuer.Key.PublicKeyMultibase);
        var ids = new ConcurrentDictionary<string, int>();
        int sound = 0;

        Parallel.For(0, Size, threads, i =>
        {
            byte[] document = signer.Complete(unsigned[i], Anchor(tree, root, i));
            using var parsed = StrictJson.Parse(document);
            var credential = CredentialReader.Read(parsed);
            ids[credential.Id] = i;
            var path = credential.Anchor.Path.Select(Convert.FromHexString).ToArray();
            if (credential.RecipientName == $"Learner Nr. {i}"
                && credential.IsSignedBy(key)
                && MerkleProof.Verify(tree.Root, credential.LeafHash(), i, Size, path))
            {
                Interlocked.Increment(ref sound);
            }
        });

        Assert.Equal(Size, sound);
        Assert.Equal(Size, ids.Count);
    }

    private static LedgerAnchorDocument Anchor(MerkleTree tree, string root, int index) => new()
    {
        Ledger = SampleIssuer.Ledger,
        MspId = "AuroraMSP",
        Root = root,
        Index = index,
        Size = Size,
        Path = [.. tree.ProofFor(index).Select(hash => Convert.ToHexStringLower(hash))],
        KeyId = "key-1",
    };
}
