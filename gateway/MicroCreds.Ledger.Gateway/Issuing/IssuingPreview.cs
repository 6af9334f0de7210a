using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Tells what a request would lead to, by the rules that issuing goes by, and changes nothing: no place in a status
/// list is taken, nothing is signed and nothing is kept. Thread-safe.
/// </summary>
public sealed class IssuingPreview(
    IssuanceBuilder builder, AchievementCatalog catalog, IssuanceStore issuances, StandingAwards standing,
    GatewayStore store, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>Looks at a request.</summary>
    /// <exception cref="ProblemException">
    /// The institution, or a key of it, is not on the ledger; or it is no member.
    /// </exception>
    public async Task<PreviewedCredential> OfAsync(CredentialRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (institution, _, _) = builder.RequireReady();
        var now = time.GetUtcNow();
        var faults = new List<FieldFault>(
            CredentialBuilder.Validate(request, now).Select(fault => new FieldFault(fault.Path, fault.Message)));
        var achievement = catalog.Find(request.Achievement, out string? reason);
        if (achievement is null && !faults.Exists(fault => fault.Place == "/achievement"))
            faults.Add(new FieldFault("/achievement", reason!));
        if (achievement is null || faults.Count > 0) return new PreviewedCredential(faults, achievement);

        var keys = AwardKeys.Of(
            store.Secret, request.Recipient, new AchievementReference(achievement.Id, achievement.Version));
        var found = request.Duplicates == CredentialRequest.AllowDuplicates
            ? null
            : await issuances.LookAsync([keys], index => index.Find(keys, standing.Stands));
        return new PreviewedCredential([], achievement)
        {
            Found = found,
            Content = ContentOf(request, achievement, institution, now),
        };
    }

    /// <summary>What a credential would say of an achievement that is not published yet.</summary>
    /// <param name="achievement">The achievement, which the rules have been asked about.</param>
    /// <param name="learner">Whom it would name.</param>
    /// <exception cref="ProblemException">The institution is not on the ledger.</exception>
    public CredentialContent Of(AchievementDefinition achievement, string learner)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        var institution = builder.RequireInstitution();
        var request = new CredentialRequest
        {
            Achievement = achievement.Id,
            Recipient = new Recipient { Name = learner },
        };
        return ContentOf(request, new Achievement(options.MspId, achievement), institution, time.GetUtcNow());
    }

    private CredentialContent ContentOf(
        CredentialRequest request, Achievement achievement, Institution institution, DateTimeOffset now)
    {
        // The list's number is drawn when it is issued, and no person reads it.
        var context = new CredentialContext
        {
            ValidFrom = now,
            StatusList = new StatusListRange(address.Url, options.MspId, "0", 0),
        };
        var seed = CredentialSeed.Draw(request, now);
        var credential = new CredentialTemplate(achievement, institution, context).Expand(seed, 0);
        return CredentialContent.Of(credential, now, seed.ValidUntil);
    }
}

/// <summary>What a request would lead to.</summary>
/// <param name="Faults">What is wrong with it; nothing else is known then.</param>
/// <param name="Achievement">What it awards, if that is known.</param>
public sealed record PreviewedCredential(IReadOnlyList<FieldFault> Faults, Achievement? Achievement)
{
    /// <summary>The award that the same person, or a namesake, has already.</summary>
    public FoundAward? Found { get; init; }

    /// <summary>What the credential would say.</summary>
    public CredentialContent? Content { get; init; }
}
