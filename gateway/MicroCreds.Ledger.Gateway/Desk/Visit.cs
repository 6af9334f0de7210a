using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Who looks at a page of the desk, in which language, and at whose desk.</summary>
/// <param name="Text">The language.</param>
/// <param name="Institution">The institution's name.</param>
/// <param name="Brand">How it shows itself.</param>
/// <param name="User">Who looks.</param>
/// <param name="Address">The page's own address, with its query.</param>
public sealed record Visit(
    PageText Text, string Institution, BrandOptions Brand, ClaimsPrincipal User, string Address)
    : PageVisit(Text, Institution, Brand, Address)
{
    /// <summary>The time zone of the institution's clocks.</summary>
    public string TimeZone { get; private init; } = "";

    /// <summary>When another person approves before anything is signed.</summary>
    public ApprovalPolicy Approval { get; private init; } = ApprovalPolicy.None;

    /// <summary>How many requests wait for somebody's approval.</summary>
    public int WaitingRequests { get; private init; }

    /// <summary>How many awards learners ask for that are to be decided.</summary>
    public int OpenApplications { get; private init; }

    /// <summary>How many credentials learners ask for after practising that are to be decided.</summary>
    public int AskedPractices { get; private init; }

    /// <summary>What the person is called.</summary>
    public string Name => Caller.Of(User) is { } who ? SignInPage.NameOf(who, Text) : "";

    /// <summary>Whether the person may read credentials.</summary>
    public bool MayRead => May(GatewayRoles.Reader);

    /// <summary>Whether the person may issue and withdraw.</summary>
    public bool MayIssue => May(GatewayRoles.Issuer);

    /// <summary>Whether the person may erase, and change the institution.</summary>
    public bool MayRegister => May(GatewayRoles.Registrar);

    /// <summary>Whether somebody is signed in: what is on the shared ledger is read without.</summary>
    public bool IsSignedIn => Caller.Of(User) is not null;

    /// <summary>Whether the person has any role here.</summary>
    public bool HasRole => Caller.HasRole(User);

    /// <summary>Whether the person may sign agreements and accreditations.</summary>
    public bool MayAgree => May(GatewayRoles.RecognitionOfficer);

    /// <summary>Whether the person may decide on what learners bring.</summary>
    public bool MayRecognize => May(GatewayRoles.Recognizing);

    /// <summary>Whether the person may read the audit log.</summary>
    public bool MayAudit => May(GatewayRoles.Auditor);

    /// <summary>Whether the person may approve what others ask to issue.</summary>
    public bool MayApprove => May(GatewayRoles.Approver);

    /// <summary>Takes a visit out of a request.</summary>
    /// <param name="context">The request.</param>
    public static Visit Of(HttpContext context)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<GatewayServiceOptions>();
        return new Visit(
            PageText.Of(context.Request), NameOf(context), options.Brand, context.User, AddressOf(context))
        {
            TimeZone = options.TimeZone,
            Approval = options.Approval,
            WaitingRequests = services.GetRequiredService<IssuingRequests>().Count(IssuingRequestState.Waiting),
            OpenApplications = services.GetRequiredService<AwardApplications>().CountOpen(),
            AskedPractices = services.GetRequiredService<Store.Practices>().CountUndecided(),
        };
    }

    private bool May(string role) => GatewayRoles.Sufficient(role).Any(User.IsInRole);
}
