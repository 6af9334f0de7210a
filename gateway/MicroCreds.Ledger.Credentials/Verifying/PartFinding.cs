using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>How one of the credentials stands that another one was awarded for.</summary>
/// <param name="Id">The part's identifier, <c>urn:uuid:…</c>, as the award says.</param>
/// <param name="Title">Its achievement's title, as the award says.</param>
/// <param name="MspId">The institution that issued it, as the award says; empty if it does not say so.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Code">Why, as one of <see cref="CheckCodes"/>.</param>
/// <param name="Detail">Why, as a sentence.</param>
public sealed record PartFinding(
    string Id, string Title, string MspId, PartStanding Standing, string Code, string Detail)
{
    /// <summary>Judges a part by its place on the ledger, since the document is not at hand.</summary>
    internal static PartFinding Of(CredentialPart part, AnchorView view, VerificationOptions options) =>
        PlaceCheck.FaultOf(view, options, part.MspId, part.Root, part.Index) switch
        {
            null => new PartFinding(
                part.Id, part.Title, part.MspId, PartStanding.Stands, CheckCodes.InForce,
                "Its issuer has not taken it back."),

            // A part from another consortium has its place on another ledger.
            { Code: CheckCodes.NotAnchored } => NotKnown(
                part, CheckCodes.NotAnchored, "This ledger has no issuance at the place that the award names."),
            { Outcome: CheckOutcome.Fail } fault => new PartFinding(
                part.Id, part.Title, part.MspId, PartStanding.DoesNotStand, fault.Code, fault.Detail),
            var doubt => NotKnown(part, doubt.Code, doubt.Detail),
        };

    internal static PartFinding NotKnown(CredentialPart part, string code, string detail) =>
        new(part.Id, part.Title, part.MspId, PartStanding.NotKnown, code, detail);
}

/// <summary>How a part stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PartStanding>))]
public enum PartStanding
{
    /// <summary>Whether it stands could not be told here.</summary>
    [JsonStringEnumMemberName("notKnown")] NotKnown,

    /// <summary>It was revoked or suspended, or never was its issuer's word.</summary>
    [JsonStringEnumMemberName("doesNotStand")] DoesNotStand,

    /// <summary>Its issuer signed it, and has not taken it back.</summary>
    [JsonStringEnumMemberName("stands")] Stands,
}
