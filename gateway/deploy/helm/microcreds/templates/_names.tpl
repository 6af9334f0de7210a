{{/* Names that several templates use. */}}
{{- define "microcreds.name" -}}
{{- printf "%s-%s" .Release.Name .part | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "microcreds.selector" -}}
app.kubernetes.io/name: microcreds-{{ .part }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "microcreds.labels" -}}
{{ include "microcreds.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: microcreds
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "microcreds.image" -}}
{{- $name := printf "%s%s" .Values.registry .image.repository -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $name .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "microcreds.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "microcreds.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}
