using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>Reads the organisational units of a certificate's subject.</summary>
internal static class CertificateNames
{
    private const string OrganizationalUnitOid = "2.5.4.11";

    /// <summary>
    /// Returns every OU in the subject. Fabric CA puts several into one multi-valued RDN, which .NET's own enumeration
    /// of names does not open.
    /// </summary>
    public static IReadOnlyList<string> OrganizationalUnits(X509Certificate2 certificate)
    {
        var units = new List<string>();
        var names = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var relative = names.ReadSetOf();
            while (relative.HasData)
            {
                var attribute = relative.ReadSequence();
                bool isUnit = attribute.ReadObjectIdentifier() == OrganizationalUnitOid;
                var tag = attribute.PeekTag();
                if (isUnit && tag.TagClass == TagClass.Universal)
                {
                    units.Add(attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue));
                }
            }
        }

        return units;
    }
}
