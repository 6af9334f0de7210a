using System.Security.Cryptography;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Prepares issuances: what their credentials share, the statement, the finished documents. Thread-safe.
/// </summary>
public sealed class IssuanceBuilder(
    IssuerKeys keys, LedgerProjection projection, StatusLists statusLists, DocumentStore documents,
    PublicAddress address, LedgerIdentity identity, Membership membership, GatewayServiceOptions options)
{
    /// <summary>Whom a credential is sent to once it is on the ledger; nobody where no mails are sent.</summary>
    public MailTo? MailToOf(Recipient recipient) => options.Learners.Mails && recipient.Email is { } email
        ? new MailTo(email, recipient.Language) : null;

    /// <summary>Finds who issues, and the key that signs now.</summary>
    /// <exception cref="ProblemException">
    /// The institution, or a key of it, is not on the ledger; or it is no member.
    /// </exception>
    public (Institution Institution, IssuerKey Key, string KeyId) RequireReady()
    {
        var institution = RequireInstitution();
        if (membership.Fault is { } fault) throw new ProblemException(ProblemKind.OtherInstitution, fault);
        var (key, registered) = keys.FindActive(institution)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger: POST /v1/institution/keys registers a new one.");
        return (institution, key, registered.Id);
    }

    /// <summary>The institution as it stands on the ledger.</summary>
    /// <exception cref="ProblemException">It is not there yet.</exception>
    public Institution RequireInstitution() => projection.Institutions.GetValueOrDefault(options.MspId)
        ?? throw new ProblemException(
            ProblemKind.NotReady, "The institution is not on the ledger yet: PUT /v1/institution first.");

    /// <summary>Gathers what an issuance of this moment needs, its place in a status list included.</summary>
    /// <param name="validFrom">When its credentials become valid.</param>
    /// <param name="size">How many they are.</param>
    /// <exception cref="ProblemException">As <see cref="RequireReady"/>.</exception>
    public async Task<Issue> BeginAsync(DateTimeOffset validFrom, int size)
    {
        var (institution, key, keyId) = RequireReady();
        var (list, offset) = await statusLists.TakeAsync(size);
        var context = new CredentialContext
        {
            ValidFrom = validFrom,
            StatusList = new StatusListRange(address.Url, options.MspId, list, offset),
        };
        int version = options.OwnContext == OwnContext.Inline
            ? CredentialTemplate.InlineVersion
            : CredentialTemplate.Version;
        return new Issue(institution, key, keyId, context, identity.Name, version);
    }

    /// <summary>
    /// Builds and signs lone credentials of one moment and achievement, which are anchored together; their first proofs
    /// are kept, since they are handed out at once.
    /// </summary>
    /// <param name="achievement">What they are for.</param>
    /// <param name="validFrom">When they become valid.</param>
    /// <param name="asked">What is asked for, and what each is made up of.</param>
    /// <returns>The statement, and the documents in the order of what was asked for.</returns>
    /// <exception cref="ProblemException">As <see cref="RequireReady"/>.</exception>
    public async Task<(SignedStatement<IssuanceStatement> Statement, StoredDocument[] Documents)> BuildAsync(
        Achievement achievement, DateTimeOffset validFrom,
        IReadOnlyList<(CredentialRequest Request, IReadOnlyList<CredentialPart>? Parts)> asked)
    {
        var issue = await BeginAsync(validFrom, asked.Count);
        var template = issue.Template(achievement);
        long number = await documents.KeepTemplateAsync(template.Shared);
        int[] order = DrawOrder(asked.Count);
        var built = asked.Select((one, i) =>
        {
            var seed = CredentialSeed.Draw(one.Request, validFrom, one.Parts);
            var (kept, credential) = Keep(template, seed, order[i], number);
            return (credential, new StoredDocument(seed.Id, 0, order[i], 1, kept)
            {
                MailTo = MailToOf(one.Request.Recipient),
            });
        });
        return await SignAsync(
            issue, [.. built], [new AchievementReference(achievement.Id, achievement.Version)]);
    }

    /// <summary>
    /// Signs a lone credential anew, with a key in force and a place that was not taken; all else stays as it was. It
    /// is then anchored alone, also where it was to be anchored together with others.
    /// </summary>
    /// <returns>Null for a document that was not kept as a seed: its place cannot be changed.</returns>
    /// <exception cref="ProblemException">As <see cref="RequireReady"/>.</exception>
    public async Task<(SignedStatement<IssuanceStatement> Statement, StoredDocument Document)?> SignOneAnewAsync(
        StoredIssuance issuance, StoredDocument document)
    {
        if (document.Kept.Template is not { } template) return null;
        var issue = await BeginAsync(issuance.CreatedAt, size: 1);
        var placed = issuance.Statement!.Statement with
        {
            StatusList = issue.Context.StatusList.List,
            StatusOffset = issue.Context.StatusList.Offset,
        };
        var credential = CredentialTemplate
            .FromShared(documents.ReadTemplate(template), placed, issuance.CreatedAt)
            .Expand(CredentialSeed.FromCbor(document.Kept.Bytes), leaf: 0);
        var (statement, signed) = await SignAsync(
            issue, [(credential, document with { Leaf = 0 })], placed.Achievements);
        return (statement, signed[0]);
    }

    private async Task<(SignedStatement<IssuanceStatement> Statement, StoredDocument[] Documents)> SignAsync(
        Issue issue, (UnsignedCredential Credential, StoredDocument Document)[] built,
        IEnumerable<AchievementReference> achievements)
    {
        byte[][] leaves = new byte[built.Length][];
        foreach (var (credential, document) in built) leaves[document.Leaf] = credential.LeafHash();
        var tree = MerkleTree.Build(leaves);
        var statement = await SignAsync(issue, tree, achievements);

        // A key service takes its time for each.
        var documents = await Task.WhenAll(built.Select(async one =>
        {
            var (credential, document) = one;
            byte[] signature = await issue.Signer.SignAsync(
                credential, issue.Anchor(tree, statement.Statement.Root, document.Leaf));
            return document with
            {
                Kept = document.Kept with { Signature = [(byte)issue.Key.Signer.Algorithm, .. signature] },
                Path = tree.Size == 1 ? null : [.. tree.ProofFor(document.Leaf).SelectMany(hash => hash)],
            };
        }));
        return (statement, documents);
    }

    /// <summary>
    /// Tells what to keep of a credential, and builds the credential of just that: what is anchored is what will come
    /// out. One that cannot be kept as a seed is kept whole.
    /// </summary>
    public static (KeptDocument Kept, UnsignedCredential Credential) Keep(
        CredentialTemplate template, CredentialSeed seed, int leaf, long templateNumber)
    {
        try
        {
            byte[] bytes = seed.ToCbor();
            return (new KeptDocument(bytes, templateNumber), template.Expand(CredentialSeed.FromCbor(bytes), leaf));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            var credential = template.Expand(seed, leaf);
            return (new KeptDocument(PackedDocument.Of(credential.Canonical.Span).Bytes), credential);
        }
    }

    /// <summary>Signs the statement that anchors a tree.</summary>
    public ValueTask<SignedStatement<IssuanceStatement>> SignAsync(
        Issue issue, MerkleTree tree, IEnumerable<AchievementReference> achievements) =>
        issue.Key.SignAsync(new IssuanceStatement
        {
            Ledger = identity.Name,
            MspId = options.MspId,
            Root = Convert.ToHexStringLower(tree.Root),
            Size = tree.Size,
            Achievements =
            [
                .. achievements.OrderBy(reference => reference.Id, StringComparer.Ordinal)
                    .ThenBy(reference => reference.Version),
            ],
            KeyId = issue.KeyId,
            StatusList = issue.Context.StatusList.List,
            StatusOffset = issue.Context.StatusList.Offset,
        });

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
        Institution institution, IssuerKey key, string keyId, CredentialContext context, string ledger, int version)
    {
        public CredentialContext Context => context;

        public IssuerKey Key => key;

        public string KeyId => keyId;

        public CredentialSigner Signer { get; } = new(key.Signer, institution.Did, keyId, context.ValidFrom);

        public CredentialTemplate Template(Achievement achievement) =>
            new(achievement, institution, context, version);

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
