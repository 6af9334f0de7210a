using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What learners do: begin to practise, and ask for what they have earned. Thread-safe.</summary>
public sealed partial class PracticeAsking(
    Practices practices, PracticeSessions sessions, XapiStatements statements, PracticeDeciding deciding,
    AuditTrail trail, GatewayServiceOptions options, TimeProvider time, ILogger<PracticeAsking> logger)
{
    /// <summary>Begins to practise, once the learner agreed to what is kept.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="name">What the learner is called.</param>
    /// <param name="email">Where the learner is written to; empty is nowhere.</param>
    /// <param name="language">In which language.</param>
    /// <param name="device">The secret of the learner's device.</param>
    /// <returns>What leads to it, where no mail does; or why nothing is kept, as a key of the texts.</returns>
    public async Task<(string? Secret, string? Fault)> BeginAsync(
        FoundRule rule, string name, string email, string language, string device)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (!rule.CanBegin) return (null, "over");
        if (options.Learners.Mails && email.Length == 0) return (null, "email");
        var recipient = new Recipient
        {
            Name = name,
            Email = email.Length == 0 ? null : email,
            Language = language,
        };
        if (CredentialBuilder.ValidateRecipient(recipient) is [var fault, ..])
            return (null, fault.Path.EndsWith("email", StringComparison.Ordinal) ? "email" : "name");
        var now = time.GetUtcNow();
        var practice = new Practice
        {
            Id = Guid.NewGuid(),
            Rule = rule.Rule.Id,
            Learner = name,
            MailTo = recipient.Email is { } address ? new MailTo(address, language) : null,
            State = PracticeState.Open,
            CreatedAt = now,
            UsedAt = now,
        };
        if (!await practices.AddAsync(practice, device, options.Learners.Mails)) return (null, "full");
        return options.Learners.Mails ? (null, null) : (await practices.LinkAsync(practice.Id, now), null);
    }

    /// <summary>Whether the learner may go on: the address is confirmed, where mails are sent.</summary>
    public bool MayGoOn(Practice practice)
    {
        ArgumentNullException.ThrowIfNull(practice);
        return practice.ConfirmedAt is not null || !options.Learners.Mails;
    }

    /// <summary>What was practised by now.</summary>
    public PracticeRecord RecordOf(Practice practice, FoundRule rule)
    {
        ArgumentNullException.ThrowIfNull(practice);
        ArgumentNullException.ThrowIfNull(rule);
        return PracticeRecord.Of(
            rule.Rule, sessions.List(practice.Id), statements.ListOfPractice(practice.Id));
    }

    /// <summary>
    /// Asks for the credential. By the rule it is issued at once to whom the institution knows; all else is put to the
    /// desk.
    /// </summary>
    /// <returns>Why it was not asked for, as a key of the texts; none if it was.</returns>
    public async Task<string?> AskAsync(Practice practice, FoundRule rule, string? origin)
    {
        ArgumentNullException.ThrowIfNull(practice);
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.Achievement is null) return "over";

        // Whenever something is said meanwhile, it is reckoned anew: by as many statements as a practice may have.
        while (true)
        {
            var said = statements.ListOfPractice(practice.Id);
            var record = PracticeRecord.Of(rule.Rule, sessions.List(practice.Id), said);
            if (record.Missing.Count > 0 || !MayGoOn(practice)) return "missing";
            var evidence = PracticeEvidence.Of(rule, record, said);
            if (await practices.AskAsync(
                practice.Id, evidence.ToJson(), deciding.EvidenceSecretOf(practice.Id), evidence.Until,
                time.GetUtcNow()))
                break;
            if (practices.Find(practice.Id)?.State != PracticeState.Open) return "asked";
        }

        if (rule.Rule.Issue == PracticeRule.ByRule && deciding.Knows(practice))
            await IssueByRuleAsync(practice, origin);
        return null;
    }

    private async Task IssueByRuleAsync(Practice practice, string? origin)
    {
        try
        {
            await trail.NoteAsync(
                origin, Caller.Gateway, "practice.issue", (PracticeResource.Kind, practice.Id.ToString()),
                () => deciding.IssueAsync(practice.Id.ToString(), mayBeDuplicate: false, Caller.Gateway));
        }
        catch (Exception exception) when (UnattendedIssuing.LeavesItWaiting(exception))
        {
            LogPutToDesk(exception, practice.Id);
        }
    }

    [LoggerMessage(LogLevel.Information, "Practice {Practice} was not issued by its rule, and is put to the desk")]
    private partial void LogPutToDesk(Exception exception, Guid practice);
}
