using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The credential contract: which transactions there are, and who answers them.</summary>
public static class CredentialContract
{
    /// <summary>The contract's name; it is the chaincode's only one, so that callers need not say it.</summary>
    public const string Name = "credentials";

    /// <summary>Returns the chaincode that peers call.</summary>
    /// <param name="clock">What transactions' own times are held against. Default is the machine's clock.</param>
    public static IChaincode CreateChaincode(ServerClock? clock = null)
    {
        clock ??= new ServerClock();
        var submitted = new SortedSet<string>(StringComparer.Ordinal);
        var arguments = new ArgumentTypes();
        var definition = new ContractDefinition(Name)
        {
            Version = "1.0",
            Title = "MicroCreds.Ledger",
            Description = "Institutions, their achievements, what they issue, and whether it still stands.",
            License = "Apache-2.0",
            SerializerOptions = LedgerJson.Options,
        };

        var unsigned = new SortedSet<string>(StringComparer.Ordinal);
        void Submit(string name, Delegate handler)
        {
            submitted.Add(name);
            definition.Submit(name, arguments.Note(name, handler));
        }

        void SubmitUnsigned(string name, Delegate handler)
        {
            unsigned.Add(name);
            Submit(name, handler);
        }

        void Evaluate(string name, Delegate handler) => definition.Evaluate(name, arguments.Note(name, handler));

        // A query writes nothing, so its time means nothing. Statements name their ledger, so that whoever takes one
        // reads the founding record by itself.
        definition.Before(async context =>
        {
            if (submitted.Contains(context.TransactionName)) clock.Require(context);
            if (unsigned.Contains(context.TransactionName)) await Foundings.RequireAsync(context);
        });

        DefineSubmissions(Submit, SubmitUnsigned);
        DefineEvaluations(Evaluate);
        return new StrictArguments(new ContractChaincode(definition), arguments);
    }

    private static void DefineSubmissions(Action<string, Delegate> submit, Action<string, Delegate> submitUnsigned)
    {
        submit(TransactionNames.Found, Foundings.FoundAsync);
        submitUnsigned(TransactionNames.SetInstitution, Institutions.SetAsync);
        submit(TransactionNames.AddKey, InstitutionKeys.AddAsync);
        submitUnsigned(TransactionNames.RevokeKey, InstitutionKeys.RevokeAsync);
        submitUnsigned(TransactionNames.WithdrawApiKey, ApiKeyWithdrawals.WithdrawAsync);
        submitUnsigned(TransactionNames.PublishAchievement, Achievements.PublishAsync);
        submitUnsigned(TransactionNames.RetireAchievement, Achievements.RetireAsync);
        submitUnsigned(TransactionNames.SetOffering, Offerings.SetAsync);
        submitUnsigned(TransactionNames.PublishPathway, Pathways.PublishAsync);
        submitUnsigned(TransactionNames.RetirePathway, Pathways.RetireAsync);
        submit(TransactionNames.ProposeBallot, Ballots.ProposeAsync);
        submit(TransactionNames.Vote, Ballots.VoteAsync);
        submitUnsigned(TransactionNames.CountBallot, Ballots.CountAsync);
        submitUnsigned(TransactionNames.GiveUpIdentity, Identities.GiveUpAsync);
        submitUnsigned(TransactionNames.LeaveConsortium, MemberList.LeaveAsync);
        submitUnsigned(TransactionNames.RefreshPolicies, RecordPolicies.RefreshAsync);
        submit(TransactionNames.SetAccreditation, Accreditations.SetAsync);
        submit(TransactionNames.ProposeAgreement, Agreements.ProposeAsync);
        submit(TransactionNames.AcceptAgreement, Agreements.AcceptAsync);
        submit(TransactionNames.LeaveAgreement, Agreements.LeaveAsync);
        submit(TransactionNames.Issue, Issuances.IssueAsync);
        submit(TransactionNames.SetStatus, Statuses.SetAsync);
    }

    private static void DefineEvaluations(Action<string, Delegate> evaluate)
    {
        evaluate(TransactionNames.GetFounding, Foundings.GetAsync);
        evaluate(TransactionNames.GetInstitution, Institutions.GetAsync);
        evaluate(TransactionNames.ListInstitutions, Institutions.ListAsync);
        evaluate(TransactionNames.GetInstitutionHistory, Institutions.GetHistoryAsync);
        evaluate(TransactionNames.GetAchievement, Achievements.GetAsync);
        evaluate(TransactionNames.ListAchievements, Achievements.ListAsync);
        evaluate(TransactionNames.GetOffering, Offerings.GetAsync);
        evaluate(TransactionNames.ListOfferings, Offerings.ListAsync);
        evaluate(TransactionNames.GetPathway, Pathways.GetAsync);
        evaluate(TransactionNames.ListPathways, Pathways.ListAsync);
        evaluate(TransactionNames.GetConsortium, Ballots.GetConsortiumAsync);
        evaluate(TransactionNames.GetMembers, MemberList.GetAsync);
        evaluate(TransactionNames.ListStalePolicies, RecordPolicies.ListStaleAsync);
        evaluate(TransactionNames.GetBallot, Ballots.GetAsync);
        evaluate(TransactionNames.ListBallots, Ballots.ListAsync);
        evaluate(TransactionNames.GetAccreditationRecords, Accreditations.GetRecordsAsync);
        evaluate(TransactionNames.ListAccreditations, Accreditations.ListAsync);
        evaluate(TransactionNames.GetAgreement, Agreements.GetAsync);
        evaluate(TransactionNames.ListAgreementParts, Agreements.ListPartsAsync);
        evaluate(TransactionNames.GetIssuance, Issuances.GetAsync);
        evaluate(TransactionNames.ListIssuances, Issuances.ListAsync);
        evaluate(TransactionNames.GetAnchor, Issuances.GetAnchorAsync);
        evaluate(TransactionNames.GetVerificationRecords, Issuances.GetVerificationRecordsAsync);
        evaluate(TransactionNames.ListStatuses, Statuses.ListAsync);
        evaluate(TransactionNames.GetStatusHistory, Statuses.GetHistoryAsync);
    }
}
