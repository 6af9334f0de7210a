using System.Reflection;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>Which codes the members of answers and requests take, for the OpenAPI document.</summary>
public static class CodeLists
{
    private static readonly string[] Statuses =
        [CredentialState.InForce, CredentialState.Suspended, CredentialState.Revoked];

    private static readonly Dictionary<(string Type, string Member), IReadOnlyList<string>> All = new()
    {
        [("AccreditationAnswer", "state")] = ConstantsOf(typeof(AccreditationState)),
        [("ApplicationAnswer", "state")] =
        [
            AwardApplicationState.Waiting, AwardApplicationState.Awarding, AwardApplicationState.Awarded,
            AwardApplicationState.Declined,
        ],
        [("AskedAnswer", "state")] = [AwardApplicationState.Waiting],
        [("BallotAnswer", "action")] = ConstantsOf(typeof(BallotAction)),
        [("BallotProposal", "action")] = ConstantsOf(typeof(BallotAction)),
        [("BallotAnswer", "state")] = ConstantsOf(typeof(BallotState)),
        [("BatchAnswer", "state")] = ConstantsOf(typeof(IssuanceState)),
        [("FoundAnswer", "state")] = Statuses,
        [("StatusAnswer", "state")] = Statuses,
        [("WantedStatuses", "state")] = Statuses,
        [("NewPresentationRequest", "state")] = ConstantsOf(typeof(PresentationState)),
        [("ReadPresentation", "state")] = ConstantsOf(typeof(PresentationState)),
        [("WantedPresentation", "format")] = PresentationFormat.All,
        [("WantedPresentation", "responseMode")] = PresentationMode.All,
        [("WantedPresentation", "shown")] = DisclosureChoice.Names,
        [("PracticeAnswer", "state")] = ConstantsOf(typeof(PracticeState)),
        [("RequestAnswer", "state")] = ConstantsOf(typeof(IssuingRequestState)),
        [("StatusBatchAnswer", "state")] =
            [StatusBatchState.Draft, StatusBatchState.Running, StatusBatchState.Done],
        [("StatusBatchCredential", "state")] = ConstantsOf(typeof(StatusItemState)),
        [("WebhookAnswer", "state")] = [WebhookState.Active, WebhookState.Disabled],
        [("DeliveryAnswer", "state")] = ConstantsOf(typeof(DeliveryState)),
        [("LearnerDelivery", "kind")] = ConstantsOf(typeof(DeliveryKind)),
        [("LearnerDelivery", "state")] = ConstantsOf(typeof(MailState)),
        [("Caller", "kind")] = ConstantsOf(typeof(CallerKind)),
        [("NewApiKey", "roles")] = GatewayRoles.All,
        [("ApiKey", "roles")] = GatewayRoles.All,
        [("CreatedApiKey", "roles")] = GatewayRoles.All,
        [("CredentialRequest", "duplicates")] = [CredentialRequest.AllowDuplicates],
        [("AwardRequest", "duplicates")] = [CredentialRequest.AllowDuplicates],
        [("AwardTerms", "duplicates")] = [CredentialRequest.AllowDuplicates],
    };

    private static readonly Dictionary<string, IReadOnlyList<string>> OfAchievements = new()
    {
        ["participation"] = AchievementCodes.Participations,
        ["supervision"] = AchievementCodes.Supervisions,
        ["stackability"] = AchievementCodes.Stackabilities,
        ["qfEheaCycle"] = AchievementCodes.QfEheaCycles,
    };

    /// <summary>The types whose members have lists, by the names that the document gives them.</summary>
    public static IReadOnlyCollection<(string Type, string Member)> Named => All.Keys;

    /// <summary>The codes of a member; none if it takes other values, too.</summary>
    /// <param name="type">The type that declares it.</param>
    /// <param name="member">Its name in JSON.</param>
    public static IReadOnlyList<string> Of(Type type, string member)
    {
        ArgumentNullException.ThrowIfNull(type);
        return All.GetValueOrDefault((type.Name, member))
            ?? (type == typeof(Achievement) || type == typeof(AchievementDefinition)
                ? OfAchievements.GetValueOrDefault(member) : null)
            ?? [];
    }

    private static IReadOnlyList<string> ConstantsOf(Type holder) =>
    [
        .. holder.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => field.GetRawConstantValue()).OfType<string>(),
    ];
}
