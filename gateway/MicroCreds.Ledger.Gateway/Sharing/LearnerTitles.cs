using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>What credentials are called in lists, and what they lead to. Thread-safe.</summary>
public sealed class LearnerTitles(
    DocumentStore documents, DocumentMaker maker, BadgeImages badges, OwnStandings standings,
    ProjectedPathways pathways, LedgerProjection projection)
{
    private const int MaxPathways = 10;
    private const int MaxLooked = 500;

    private Pathways _published = new(null, []);

    /// <summary>What a credential is for, and what that looks like.</summary>
    /// <returns>Null if it is not kept here any more.</returns>
    public (string Title, ShownBadge? Badge)? Find(Guid credential) =>
        documents.Find(credential) is { State: IssuanceState.Issued } found
            && ContentOf(found) is var content
                ? (content.Title ?? "", badges.FindFor(content)) : null;

    /// <summary>A credential as it stands in a learner's list.</summary>
    /// <returns>Null if it is not kept here any more.</returns>
    public HeldCredential? List(Holding holding, PageText text)
    {
        ArgumentNullException.ThrowIfNull(holding);
        ArgumentNullException.ThrowIfNull(text);
        if (documents.Find(holding.Credential) is not { State: IssuanceState.Issued } found) return null;
        var content = ContentOf(found);
        string state = standings.Of(found, content);
        string facts = string.Join(" · ", new[]
        {
            content.Learner, content.Awarded is { } awarded ? text.Date(awarded) : null,
        }.OfType<string>());
        return new HeldCredential(
            holding.Id, content.Title ?? "", facts, state, content.Credits ?? 0, badges.FindFor(content));
    }

    /// <summary>The titles of published pathways that ask for what a credential is for.</summary>
    public IReadOnlyList<string> PathwaysOf(LearnerView shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        if (shown.Verdict.Credential is not { } credential) return [];
        return
        [
            .. Published().Where(pathway => pathway.Groups
                    .SelectMany(group => group.Items)
                    .Any(item => item.MspId == credential.MspId && item.Id == credential.Achievement))
                .Select(pathway => pathway.Name).Distinct(StringComparer.Ordinal).Take(MaxPathways),
        ];
    }

    // Every visit asks, and hardly a block changes them.
    private IReadOnlyList<Pathway> Published()
    {
        ulong? head = projection.Head?.Block;
        var published = _published;
        if (head is null || published.Head != head)
            _published = published = new Pathways(head, pathways.List(mspId: null, after: null, MaxLooked));
        return published.All;
    }

    private CredentialContent ContentOf(IssuedDocument found) =>
        CredentialContent.OfOwn(maker.Make(found.Document).WithAnchor());

    private sealed record Pathways(ulong? Head, IReadOnlyList<Pathway> All);
}
