using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>
/// Issues or declines what learners ask for after practising. It is issued once, whoever presses how often: all
/// attempts have one fingerprint. Thread-safe.
/// </summary>
public sealed class PracticeDeciding(
    Practices practices, RuleBook rules, CredentialIssuer issuer, DecidedIssuing decided, GatewayStore store,
    PublicAddress address, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>Where what a credential rests on is shown, before the secret.</summary>
    public const string EvidenceAddress = "/practice-evidence/";

    /// <summary>The most credentials that are looked at to know a learner.</summary>
    private const int MaxLooks = 20;

    /// <summary>Finds a practice, as far as it is by now.</summary>
    /// <exception cref="ProblemException">There is none of this id.</exception>
    public async Task<Practice> RequireAsync(string id) =>
        Guid.TryParseExact(id, "D", out var key) && practices.Find(key) is { } found
            ? await SettleAsync(found)
            : throw new ProblemException(ProblemKind.NotFound, "This gateway has no practice of this id.");

    /// <summary>Lists practices as far as they are by now.</summary>
    public async Task<IReadOnlyList<Practice>> ListAsync(IReadOnlyCollection<string> states, int count)
    {
        var found = new List<Practice>();
        foreach (var practice in practices.List(states, count)) found.Add(await SettleAsync(practice));
        return found;
    }

    /// <summary>What leads to what a practice's credential rests on: the credential itself says it.</summary>
    public string EvidenceSecretOf(Guid practice) =>
        LearnerSecret.Derive(Convert.ToHexString(store.Secret), $"practice-evidence:{practice}");

    /// <summary>
    /// Brings to its end what another person has decided since, or what a crash left half done: by what was issued.
    /// </summary>
    public Task<Practice> SettleAsync(Practice practice) => SettleAsync(practice, isOver: false);

    /// <summary>
    /// Whether the institution knows the learner: mails about a credential of the same name went to the address,
    /// which was shown to be the learner's.
    /// </summary>
    public bool Knows(Practice practice)
    {
        ArgumentNullException.ThrowIfNull(practice);
        return practice is { ConfirmedAt: not null, MailTo: { } to }
            && practices.ListMailedTo(to.Address, MaxLooks)
                .Any(one => LearnerName.AreSame(decided.LearnerOf(one), practice.Learner));
    }

    /// <summary>Issues what was asked for.</summary>
    /// <param name="id">The practice.</param>
    /// <param name="mayBeDuplicate">Whether it is issued although the person, or a namesake, has the award.</param>
    /// <param name="caller">Who decides.</param>
    /// <exception cref="ProblemException">It cannot be issued; it waits as before.</exception>
    public async Task<Practice> IssueAsync(string id, bool mayBeDuplicate, Caller caller)
    {
        var practice = await RequireAsync(id);
        if (!await practices.BeginAsync(practice.Id, RecordActors.Text(caller), time.GetUtcNow()))
        {
            var other = await RequireAsync(id);
            return other.State == PracticeState.Issued ? other : throw NotOpen(other);
        }

        try
        {
            var found = rules.Find(practice.Rule) ?? throw NotOpen(practice);
            await NoteAsync(practice, await issuer.IssueAsync(
                RequestOf(practice, found, mayBeDuplicate), decided.FingerprintOf(NameOf(practice)), caller));
        }
        catch (Exception exception) when (exception is not StoreOutcomeUnknownException)
        {
            // By what was kept of it: nothing is under way any more.
            if (practices.Find(practice.Id) is { } left) await SettleAsync(left, isOver: true);
            throw;
        }

        return await RequireAsync(id);
    }

    /// <summary>Declines what was asked for; its learner is told why.</summary>
    /// <exception cref="ProblemException">It does not wait, or the reason is missing or too long.</exception>
    public async Task<Practice> DeclineAsync(string id, string reason, Caller caller)
    {
        var practice = await RequireAsync(id);
        bool isDone = await practices.DeclineAsync(
            practice.Id, Approvals.Checked(reason), RecordActors.Text(caller), time.GetUtcNow(),
            options.Learners.Mails);
        return isDone ? await RequireAsync(id) : throw NotOpen(await RequireAsync(id));
    }

    private async Task<Practice> SettleAsync(Practice practice, bool isOver)
    {
        if (practice.State != PracticeState.Issuing) return practice;
        var fate = decided.FateOf(NameOf(practice), practice.Request, practice.DecidedAt, isOver);
        if (fate.Kind == IssuingFateKind.Issued)
            await practices.SetIssuedAsync(practice.Id, fate.Credential, time.GetUtcNow());
        else if (fate.Kind == IssuingFateKind.Held && practice.Request is null)
            await practices.SetRequestAsync(practice.Id, fate.Request);
        else if (fate.Kind == IssuingFateKind.Undone)
            await practices.WaitAgainAsync(practice.Id);
        else
            return practice;
        return practices.Find(practice.Id) ?? practice;
    }

    private async Task NoteAsync(Practice practice, IssueOutcome outcome)
    {
        if (outcome.Held is { } held)
        {
            await practices.SetRequestAsync(practice.Id, held.Id);
            return;
        }

        if (outcome.Result is IssueResult.Revoked or IssueResult.AlreadyIssued || outcome.Id is not { } credential)
        {
            throw new ProblemException(
                ProblemKind.PossibleDuplicate,
                $"The person has this award, urn:uuid:{outcome.Id}, and that rests on something else. Send "
                + "\"duplicates\": \"allow\" if it is to be issued all the same, or decline it. Nothing was changed.");
        }

        if (!await practices.SetIssuedAsync(practice.Id, credential, time.GetUtcNow())
            && practices.Find(practice.Id)?.Credential != credential)
        {
            throw new ProblemException(
                ProblemKind.Conflict, $"It is issued, urn:uuid:{credential}, and the practice is gone.");
        }
    }

    private CredentialRequest RequestOf(Practice practice, FoundRule found, bool mayBeDuplicate)
    {
        var evidence = PracticeEvidence.Of(practice.Evidence!);
        var text = PageText.In(options.Learners.Language);
        return new CredentialRequest
        {
            Achievement = found.Achievement is { } one ? $"{one.Id}@{one.Version}" : found.Rule.Achievement,
            Recipient = new Recipient
            {
                Name = practice.Learner,
                Email = practice.MailTo?.Address,
                Language = practice.MailTo?.Language,
            },
            Evidence =
            [
                new CredentialEvidence
                {
                    Url = address.Url + EvidenceAddress + EvidenceSecretOf(practice.Id),
                    Name = text.Fill("practice.evidence.name", ("scenario", evidence.Scenario)),
                    Description = PracticeWords.Describe(text, evidence),
                },
            ],
            Duplicates = mayBeDuplicate ? CredentialRequest.AllowDuplicates : null,
        };
    }

    private static string NameOf(Practice practice) => $"practice:{practice.Id}";

    private static ProblemException NotOpen(Practice practice) => new(
        ProblemKind.Conflict,
        practice.Request is { } held
            ? $"It waits for another person's approval: {IssuingRequestResource.Address}/{held}."
            : $"The practice is {practice.State}, or its rule is not known here any more: nothing was done.");
}
