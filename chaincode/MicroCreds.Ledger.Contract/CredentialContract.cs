using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>The credential contract: which transactions there are, and who answers them.</summary>
public static class CredentialContract
{
    /// <summary>The contract's name; it is the chaincode's only one, so that callers need not say it.</summary>
    public const string Name = "credentials";

    /// <summary>Returns the chaincode that peers call.</summary>
    public static IChaincode CreateChaincode()
    {
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
        void Submit(string name, Delegate handler) => definition.Submit(name, arguments.Note(name, handler));
        void SubmitUnsigned(string name, Delegate handler)
        {
            unsigned.Add(name);
            Submit(name, handler);
        }

        void Evaluate(string name, Delegate handler) => definition.Evaluate(name, arguments.Note(name, handler));

        // Statements name their ledger, so that whoever takes one reads the founding record by itself.
        definition.Before(async context =>
        {
            if (unsigned.Contains(context.TransactionName)) await Foundings.RequireAsync(context);
        });

        Submit(TransactionNames.Found, Foundings.FoundAsync);
        SubmitUnsigned(TransactionNames.SetInstitution, Institutions.SetAsync);
        Submit(TransactionNames.AddKey, InstitutionKeys.AddAsync);
        SubmitUnsigned(TransactionNames.RevokeKey, InstitutionKeys.RevokeAsync);
        SubmitUnsigned(TransactionNames.WithdrawApiKey, ApiKeyWithdrawals.WithdrawAsync);
        SubmitUnsigned(TransactionNames.PublishAchievement, Achievements.PublishAsync);
        SubmitUnsigned(TransactionNames.RetireAchievement, Achievements.RetireAsync);
        SubmitUnsigned(TransactionNames.PublishPathway, Pathways.PublishAsync);
        SubmitUnsigned(TransactionNames.RetirePathway, Pathways.RetireAsync);
        Submit(TransactionNames.ProposeBallot, Ballots.ProposeAsync);
        Submit(TransactionNames.Vote, Ballots.VoteAsync);
        SubmitUnsigned(TransactionNames.CountBallot, Ballots.CountAsync);
        SubmitUnsigned(TransactionNames.GiveUpIdentity, Identities.GiveUpAsync);
        SubmitUnsigned(TransactionNames.LeaveConsortium, MemberList.LeaveAsync);
        SubmitUnsigned(TransactionNames.RefreshPolicies, RecordPolicies.RefreshAsync);
        Submit(TransactionNames.SetAccreditation, Accreditations.SetAsync);
        Submit(TransactionNames.ProposeAgreement, Agreements.ProposeAsync);
        Submit(TransactionNames.AcceptAgreement, Agreements.AcceptAsync);
        Submit(TransactionNames.LeaveAgreement, Agreements.LeaveAsync);
        Submit(TransactionNames.Issue, Issuances.IssueAsync);
        Submit(TransactionNames.SetStatus, Statuses.SetAsync);

        Evaluate(TransactionNames.GetFounding, Foundings.GetAsync);
        Evaluate(TransactionNames.GetInstitution, Institutions.GetAsync);
        Evaluate(TransactionNames.ListInstitutions, Institutions.ListAsync);
        Evaluate(TransactionNames.GetInstitutionHistory, Institutions.GetHistoryAsync);
        Evaluate(TransactionNames.GetAchievement, Achievements.GetAsync);
        Evaluate(TransactionNames.ListAchievements, Achievements.ListAsync);
        Evaluate(TransactionNames.GetPathway, Pathways.GetAsync);
        Evaluate(TransactionNames.ListPathways, Pathways.ListAsync);
        Evaluate(TransactionNames.GetConsortium, Ballots.GetConsortiumAsync);
        Evaluate(TransactionNames.GetMembers, MemberList.GetAsync);
        Evaluate(TransactionNames.ListStalePolicies, RecordPolicies.ListStaleAsync);
        Evaluate(TransactionNames.GetBallot, Ballots.GetAsync);
        Evaluate(TransactionNames.ListBallots, Ballots.ListAsync);
        Evaluate(TransactionNames.GetAccreditationRecords, Accreditations.GetRecordsAsync);
        Evaluate(TransactionNames.ListAccreditations, Accreditations.ListAsync);
        Evaluate(TransactionNames.GetAgreement, Agreements.GetAsync);
        Evaluate(TransactionNames.ListAgreementParts, Agreements.ListPartsAsync);
        Evaluate(TransactionNames.GetIssuance, Issuances.GetAsync);
        Evaluate(TransactionNames.ListIssuances, Issuances.ListAsync);
        Evaluate(TransactionNames.GetAnchor, Issuances.GetAnchorAsync);
        Evaluate(TransactionNames.GetVerificationRecords, Issuances.GetVerificationRecordsAsync);
        Evaluate(TransactionNames.ListStatuses, Statuses.ListAsync);
        Evaluate(TransactionNames.GetStatusHistory, Statuses.GetHistoryAsync);
        return new StrictArguments(new ContractChaincode(definition), arguments);
    }
}
