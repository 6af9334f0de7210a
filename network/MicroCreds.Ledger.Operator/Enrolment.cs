using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator;

/// <summary>A user of an institution whose identities come from Fabric CA: enrolled, enrolled again, revoked.</summary>
internal static class Enrolment
{
    private const string DefaultRole = "issuer";
    private const string DefaultReason = "unspecified";

    /// <summary>Those that a Fabric CA knows, but for the one that takes a certificate off the list.</summary>
    private static readonly string[] Reasons =
    [
        DefaultReason, "keycompromise", "cacompromise", "affiliationchanged", "superseded", "cessationofoperation",
        "certificatehold", "privilegewithdrawn", "aacompromise",
    ];

    private static readonly string[] Roles = [DefaultRole, "registrar"];

    /// <summary>Registers a user with the role that the contract checks, and enrols it.</summary>
    public static async Task<int> EnrolAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("enroll", args, "--institution", "--user", "--role");
        string role = options.GetValueOrDefault("--role") ?? DefaultRole;
        if (!Roles.Contains(role))
        {
            throw new OperatorException($"There is no role \"{role}\": it is {string.Join(" or ", Roles)}.");
        }

        using var target = Target.Open("enroll", options);
        bool enrolled = await target.Material.EnsureUserAsync(
            target.User, "client", EnrolledOrganization.Role(role), cancellation);
        Console.WriteLine(enrolled
            ? $"{target.Name} is enrolled with microcreds.role={role}: {target.Files.CertificateOf(target.User)}"
            : $"{target.Name} is enrolled already; scripts/reenroll.sh gives it its next certificate.");
        return 0;
    }

    /// <summary>Gets a user's next certificate for the key that it has.</summary>
    public static async Task<int> ReenrolAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("reenroll", args, "--institution", "--user");
        using var target = Target.Open("reenroll", options);
        string file = target.CertificateFile();
        using var current = X509CertificateLoader.LoadCertificateFromFile(file);
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(target.Files.KeyOf(target.User), cancellation));
        var issuer = new FabricCaIssuer(target.Server, target.Client);
        string next = await issuer.IssueAgainAsync(current, key, tls: false, cancellation);
        await File.WriteAllTextAsync(file + ".new", next, cancellation);
        File.Move(file + ".new", file, overwrite: true);
        using var issued = X509Certificate2.CreateFromPem(next);
        Console.WriteLine($"{target.Name} has its next certificate, valid until {issued.NotAfter:yyyy-MM-dd}: {file}");
        return 0;
    }

    /// <summary>Revokes a user at its authority and tells the channel, so that every peer refuses it.</summary>
    public static async Task<int> RevokeAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("revoke", args, "--institution", "--user", "--reason");
        string reason = options.GetValueOrDefault("--reason") ?? DefaultReason;
        if (!Reasons.Contains(reason))
        {
            throw new OperatorException(
                $"--reason \"{reason}\" is none that a revocation list can name: it is one of "
                + $"{string.Join(", ", Reasons)}. Nothing was revoked.");
        }

        using var target = Target.Open("revoke", options);
        string file = target.CertificateFile();
        var registrar = await target.Material.GetRegistrarAsync(target.Server.IdentityAuthority, cancellation);
        string list = await target.Client.RevokeAsync(
            target.Server.IdentityAuthority, registrar, target.Name, reason, cancellation);
        Console.WriteLine($"{target.Name} is revoked at {target.Server.IdentityAuthority}.");
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        bool changed = await new Revocation(target.Known).PublishAsync(
            target.Organization, list, certificate.SerialNumberBytes, cancellation);
        Console.WriteLine(changed
            ? $"The channel {target.Known.Consortium.Channel} has the revocation list: every peer refuses it now."
            : $"The channel {target.Known.Consortium.Channel} has this revocation list already.");
        return 0;
    }

    /// <summary>The user that a command is about, with the way to its authority.</summary>
    private sealed class Target : IDisposable
    {
        public required NetworkState Known { get; init; }

        public required OrganizationSettings Organization { get; init; }

        public required string User { get; init; }

        public required FabricCaServer Server { get; init; }

        public required FabricCaClient Client { get; init; }

        public required EnrolledOrganization Material { get; init; }

        public string Name => $"{User}@{Organization.Domain}";

        public OrganizationFiles Files => new(Known.State, Organization.Domain);

        public string CertificateFile() => File.Exists(Files.CertificateOf(User))
            ? Files.CertificateOf(User)
            : throw new OperatorException($"{Name} was never enrolled: scripts/enroll.sh does that first.");

        public static Target Open(string verb, Dictionary<string, string> options)
        {
            string Needed(string name, string what) => options.GetValueOrDefault(name)
                ?? throw new OperatorException($"{verb}: say {what}: {name}.");
            string mspId = Needed("--institution", "whose user it is by the MSP id");
            string user = Needed("--user", "the user's name, after a role and never after a person");
            if (user.Length == 0 || !user.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            {
                throw new OperatorException(
                    $"\"{user}\" is no name for a user: letters, digits, - and _ only; the domain is added to it.");
            }

            var known = NetworkState.Open(options["--state"]);
            var organization = known.Consortium.OwnOrganizations().SingleOrDefault(o => o.MspId == mspId)
                ?? throw new OperatorException(
                    $"There is no member {mspId}: it is one of "
                    + $"{string.Join(", ", known.Consortium.OwnOrganizations().Select(o => o.MspId))}.");
            var authorities = new FabricAuthorities(known.State);
            var server = authorities.ServerOf(mspId, organization.Domain);
            var client = FabricAuthorities.Connect(server);
            return new Target
            {
                Known = known,
                Organization = organization,
                User = user,
                Server = server,
                Client = client,
                Material = authorities.MaterialOf(organization, server, client),
            };
        }

        public void Dispose() => Client.Dispose();
    }
}
