using System.Security.Cryptography;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Prepares issuances: what their credentials share, the statement, the finished documents. Thread-safe.
/// </summary>
public sealed class IssuanceBuilder(
    IssuerKeys keys, LedgerProjection projection, StatusLists statusLists, GatewayServiceOptions options)
{
    /// <summary>Gathers what an issuance of this moment needs.</summary>
    /// <exception cref="ProblemException">The institution, or a key of it, is not on the ledger.</exception>
    public Issue Begin(DateTimeOffset validFrom)
    {
        var institution = projection.Institutions.GetValueOrDefault(options.MspId)
            ?? throw new ProblemException(
                ProblemKind.NotReady, "The institution is not on the ledger yet: PUT /v1/institution first.");
        var (key, registered) = keys.FindActive(institution)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger: POST /v1/institution/keys registers a new one.");
        return new Issue(institution, key, registered.Id, validFrom, options.Channel);
    }

    /// <summary>Builds, signs and completes a lone credential.</summary>
    public async Task<(SignedStatement<IssuanceStatement> Statement, StoredDocument Document)> BuildOneAsync(
        CredentialRequest request, Achievement achievement, DateTimeOffset validFrom)
    {
        var issue = Begin(validFrom);
        var credential = issue.Template(achievement).Fill(request);
        var tree = MerkleTree.Build([credential.LeafHash()]);
        var statement = await SignAsync(issue, tree, [new AchievementReference(achievement.Id, achievement.Version)]);
        byte[] document = issue.Signer.Complete(credential, issue.Anchor(tree, statement.Statement.Root, 0));
        return (statement, new StoredDocument(IdOf(credential.Id), 0, 1, PackedDocument.Of(document)));
    }

    /// <summary>Signs the statement that anchors a tree.</summary>
    public async Task<SignedStatement<IssuanceStatement>> SignAsync(
        Issue issue, MerkleTree tree, IEnumerable<AchievementReference> achievements)
    {
        var (list, offset) = await statusLists.TakeAsync(tree.Size);
        return issue.Key.Sign(new IssuanceStatement
        {
            Ledger = options.Channel,
            MspId = options.MspId,
            Root = Convert.ToHexStringLower(tree.Root),
            Size = tree.Size,
            Achievements =
            [
                .. achievements.OrderBy(reference => reference.Id, StringComparer.Ordinal)
                    .ThenBy(reference => reference.Version),
            ],
            KeyId = issue.KeyId,
            StatusList = list,
            StatusOffset = offset,
        });
    }

    /// <summary>Takes the UUID out of a credential's identifier.</summary>
    public static Guid IdOf(string identifier) => Guid.Parse(identifier.AsSpan("urn:uuid:".Length));

    /// <summary>
    /// Draws an order for the leaves, so that a leaf's index says nothing about the row it came from.
    /// </summary>
    public static int[] DrawOrder(int size)
    {
        int[] order = new int[size];
        for (int i = 0; i < size; i++)
            order[i] = i;
        RandomNumberGenerator.Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>What the credentials of one issuance share. Thread-safe.</summary>
    public sealed class Issue(
        Institution institution, IssuerKey key, string keyId, DateTimeOffset validFrom, string ledger)
    {
        private readonly CredentialContext _context = new() { ValidFrom = validFrom };

        public IssuerKey Key => key;

        public string KeyId => keyId;

        public CredentialSigner Signer { get; } = new(key.Private, institution.Did, keyId, validFrom);

        public CredentialTemplate Template(Achievement achievement) => new(achievement, institution, _context);

        public LedgerAnchorDocument Anchor(MerkleTree tree, string root, int leaf) => new()
        {
            Ledger = ledger,
            MspId = institution.MspId,
            Root = root,
            Index = leaf,
            Size = tree.Size,
            Path = [.. tree.ProofFor(leaf).Select(Convert.ToHexStringLower)],
            KeyId = keyId,
        };
    }
}
