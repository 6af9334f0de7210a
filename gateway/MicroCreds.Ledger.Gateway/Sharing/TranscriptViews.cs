using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>Makes records of achievements out of what this gateway keeps, by what the ledger says now. Thread-safe.
/// </summary>
public sealed class TranscriptViews(
    DocumentStore documents, DocumentMaker maker, OwnStandings standings, PublicAddress address)
{
    /// <summary>Makes one.</summary>
    /// <param name="credentials">The UUIDs of the credentials' identifiers; those that are gone are left out.</param>
    /// <param name="showsName">Whether the learner's name is shown.</param>
    public TranscriptView Of(IEnumerable<Guid> credentials, bool showsName)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var items = new List<TranscriptItem>();
        var learners = new HashSet<string?>(LearnerName.Comparer);
        foreach (var credential in credentials)
        {
            if (documents.Find(credential) is not { State: IssuanceState.Issued } found) continue;
            var content = CredentialContent.OfOwn(maker.Make(found.Document).WithAnchor());
            learners.Add(content.Learner);
            items.Add(ItemOf(found, content));
        }

        string? learner = showsName && learners.Count == 1 ? learners.First() : null;
        return new TranscriptView(
            learner, learners.Count, [.. items.OrderByDescending(one => one.AwardedAt).ThenBy(one => one.Id)]);
    }

    private TranscriptItem ItemOf(IssuedDocument found, CredentialContent content)
    {
        return new TranscriptItem
        {
            Id = $"urn:uuid:{found.Document.Id}",
            Url = $"{address.Url}{LearnerPages.SharedAddress}/{found.Document.Id}",
            AchievementId = content.AchievementId,
            Name = content.Title ?? "",
            AwardingBody = content.AwardingBody,
            AwardedAt = content.Awarded,
            ValidUntil = content.ValidUntil,
            State = standings.Of(found, content),
            Credits = content.Credits,
            CreditSystem = content.CreditSystem,
            EqfLevel = content.EqfLevel,
        };
    }
}
