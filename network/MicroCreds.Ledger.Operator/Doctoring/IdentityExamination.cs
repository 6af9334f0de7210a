using System.Security.Cryptography.X509Certificates;
using System.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Looks at a signing identity as a peer would, and says what a peer would not.</summary>
internal static class IdentityExamination
{
    private const string UnitOid = "2.5.4.11";

    private static readonly string[] Roles = ["client", "peer", "admin", "orderer"];

    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="mspDirectory">Its folder: signcerts, keystore, cacerts, config.yaml.</param>
    /// <param name="organizationMsp">The organisation's folder, as the channel's configuration was made from.</param>
    /// <param name="expected">The node OU that it must have, or null for any.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Finding> Examine(
        string subject, string mspDirectory, string organizationMsp, string? expected, DateTimeOffset now)
    {
        var findings = new List<Finding>();
        string? certificateFile = Only(subject, Path.Combine(mspDirectory, "signcerts"), "certificate", findings);
        string? keyFile = Only(subject, Path.Combine(mspDirectory, "keystore"), "key", findings);
        if (certificateFile is null || keyFile is null)
        {
            return findings;
        }

        findings.AddRange(ExamineFiles(
            subject, certificateFile, keyFile, Path.Combine(organizationMsp, "cacerts"), expected, now,
            Path.Combine(organizationMsp, "intermediatecerts")));
        findings.AddRange(ExamineConfiguration(subject, organizationMsp));
        return findings;
    }

    /// <summary>The same of a certificate and a key, wherever they lie.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="certificateFile">Its certificate.</param>
    /// <param name="keyFile">Its private key, or null if it is not at hand.</param>
    /// <param name="authoritiesPath">The certificate of the organisation's authority, or a folder of those.</param>
    /// <param name="expected">The node OU that it must have, or null for any.</param>
    /// <param name="now">The time.</param>
    /// <param name="intermediatesPath">
    /// The folder of the authorities below that one, which need not exist. Default is none.
    /// </param>
    public static IReadOnlyList<Finding> ExamineFiles(
        string subject, string certificateFile, string? keyFile, string authoritiesPath, string? expected,
        DateTimeOffset now, string? intermediatesPath = null)
    {
        var findings = new List<Finding>();
        using var certificate = CertificateExamination.TryRead(subject, certificateFile, findings);
        if (certificate is null)
        {
            return findings;
        }

        var authorities = ReadAuthorities(subject, authoritiesPath, findings);
        var intermediates = ReadIntermediates(subject, intermediatesPath, findings);
        findings.AddRange(CertificateExamination.ExamineTime(subject, certificate, now));
        findings.AddRange(CertificateExamination.ExamineIssuer(
            subject, certificate, authorities, $"the authorities in {authoritiesPath}", usage: null, intermediates));
        findings.AddRange(
            keyFile is null ? [] : CertificateExamination.ExamineKey(subject, certificate, keyFile));
        findings.AddRange(ExamineUnits(subject, certificate, expected));
        foreach (var authority in authorities.Concat(intermediates))
        {
            authority.Dispose();
        }

        return findings;
    }

    /// <summary>Whether its certificate has the contract's role, as an attribute or by the admin OU.</summary>
    public static IReadOnlyList<Finding> ExamineRole(string subject, string mspDirectory, string role)
    {
        var findings = new List<Finding>();
        return Only(subject, Path.Combine(mspDirectory, "signcerts"), "certificate", findings) is { } file
            ? ExamineRoleOf(subject, file, role)
            : findings;
    }

    /// <summary>The same of a certificate, wherever it lies.</summary>
    public static IReadOnlyList<Finding> ExamineRoleOf(string subject, string file, string role)
    {
        var findings = new List<Finding>();
        if (CertificateExamination.TryRead(subject, file, findings) is not { } certificate)
        {
            return findings;
        }

        using (certificate)
        {
            byte[]? attributes = certificate.Extensions[IdentityAttributes.Oid]?.RawData;
            string text = attributes is null ? "" : Encoding.UTF8.GetString(attributes);
            if (!text.Contains($"\"microcreds.role\":\"{role}\"", StringComparison.Ordinal)
                && !UnitsOf(certificate).Contains("admin"))
            {
                findings.Add(new Finding(
                    subject, $"its certificate has no attribute microcreds.role={role}, so the contract refuses it.",
                    $"enrol it again with --id.attrs 'microcreds.role={role}:ecert'."));
            }
        }

        return findings;
    }

    private static IEnumerable<Finding> ExamineConfiguration(string subject, string organizationMsp)
    {
        string configuration = Path.Combine(organizationMsp, "config.yaml");
        if (!File.Exists(configuration)
            || !File.ReadAllText(configuration).Contains("Enable: true", StringComparison.Ordinal))
        {
            yield return new Finding(
                subject, $"{configuration} does not switch node OUs on, so that nobody is client, peer or admin and "
                    + "every policy that asks for one fails.",
                "write NodeOUs with Enable: true and the four identifiers there, and update the channel.");
        }
    }

    private static IEnumerable<Finding> ExamineUnits(
        string subject, X509Certificate2 certificate, string? expected)
    {
        string[] roles = [.. UnitsOf(certificate).Intersect(Roles)];
        if (roles.Length != 1)
        {
            yield return new Finding(
                subject,
                $"its certificate has {(roles.Length == 0 ? "no node OU" : string.Join(" and ", roles))} where it "
                    + "needs exactly one node OU of client, peer, admin, orderer; Fabric answers \"the identity must "
                    + "be a client, a peer, an orderer or an admin identity\" or just \"access denied\".",
                "issue it again with one OU (cryptogen: EnableNodeOUs: true; Fabric CA: --id.type).");
        }
        else if (expected is not null && roles[0] != expected)
        {
            yield return new Finding(
                subject, $"its certificate says {roles[0]} where {expected} is needed.",
                $"use the certificate that was issued for it, with OU={expected}.");
        }
    }

    /// <summary>The certificate's organisational units, of which one is its node OU.</summary>
    public static IReadOnlyList<string> UnitsOf(X509Certificate2 certificate)
    {
        var units = new List<string>();
        foreach (var name in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!name.HasMultipleElements && name.GetSingleElementType().Value == UnitOid)
            {
                units.Add(name.GetSingleElementValue() ?? "");
            }
        }

        return units;
    }

    private static X509Certificate2Collection ReadAuthorities(string subject, string directory, List<Finding> findings)
    {
        var authorities = new X509Certificate2Collection();
        string[] files = File.Exists(directory) ? [directory]
            : Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
        foreach (string file in files)
        {
            authorities.AddRange(CertificateExamination.ReadAll(subject, file, findings));
        }

        if (files.Length == 0)
        {
            findings.Add(new Finding(
                subject, $"{directory} has no authority's certificate.",
                "put the organisation's CA certificate there."));
        }

        return authorities;
    }

    private static X509Certificate2Collection ReadIntermediates(
        string subject, string? directory, List<Finding> findings)
    {
        var intermediates = new X509Certificate2Collection();
        foreach (string file in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            intermediates.AddRange(CertificateExamination.ReadAll(subject, file, findings));
        }

        return intermediates;
    }

    private static string? Only(string subject, string directory, string what, List<Finding> findings)
    {
        string[] files = Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
        if (files.Length == 1)
        {
            return files[0];
        }

        findings.Add(new Finding(
            subject, $"{directory} has {files.Length} files where it needs exactly one {what}.",
            files.Length == 0
                ? $"put its {what} there."
                : "leave the current one only: with several, each program takes another."));
        return null;
    }
}
