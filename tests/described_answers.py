"""Checks that answers of a server are those that its OpenAPI document describes."""
import json
import re
import warnings

warnings.filterwarnings('ignore', category=DeprecationWarning)
import jsonschema  # noqa: E402


class Document:
    """An OpenAPI 3.1 document, ready to judge requests and answers."""

    def __init__(self, text):
        self.document = json.loads(text)
        self.paths = []
        for template, item in self.document['paths'].items():
            pattern = ''.join('[^/]+' if part.startswith('{') else re.escape(part)
                              for part in re.split(r'(\{[^}]*\})', template))
            self.paths.append((template.count('{'), re.compile(pattern), item))
        self.paths.sort(key=lambda path: path[0])  # literals win over placeholders

    def operation(self, method, target):
        path = target.partition('?')[0]
        for _, pattern, item in self.paths:
            if pattern.fullmatch(path):
                # Routes of GET answer HEAD as well.
                return item.get(method.lower()) or (item.get('get') if method == 'HEAD' else None)
        return None

    def mismatches(self, schema, value, what):
        # Local references begin at the root of the schema that they stand in.
        whole = {**schema, 'components': self.document['components']}
        validator = jsonschema.Draft202012Validator(whole)
        return [f'{what}{"".join(f"[{step!r}]" for step in error.absolute_path)}: {error.message[:300]}'
                for error in validator.iter_errors(value)]

    def problems(self, request, status, headers, body):
        """What the document does not say about this exchange, as lines."""
        operation = self.operation(request['method'], request['path'])
        if operation is None:
            # Nobody can describe what is not there; but then it must not be there.
            return [] if status in (204, 400, 404, 405, 414, 431, 501) else [
                f'{request["method"]} {request["path"]} answers {status}, but is not in the document']
        responses = operation['responses']
        described = responses.get(str(status)) or responses.get(f'{status // 100}XX')
        if described is None:
            if status < 500:  # "default" is for failures that nobody foresees
                return [f'status {status} is not in the document']
            described = responses.get('default')
            if described is None:
                return [f'status {status} is not in the document']
        found = self.answer_problems(described, headers, body, request['method'])
        if status < 300 and 'body' in request:
            schema = operation.get('requestBody', {}).get('content', {}).get('application/json', {}).get('schema')
            if schema is not None:
                found += self.mismatches(schema, request['body'], 'the accepted body ')
        return found

    def answer_problems(self, described, headers, body, method):
        contents = described.get('content')
        if contents is None:
            return ['a body that is not in the document'] if body else []
        if not body:
            return [] if method == 'HEAD' else ['no body, but the document has one']
        media_type = headers.get('content-type', '').partition(';')[0].strip()
        if media_type not in contents and '*/*' not in contents:
            return [f'content type {media_type!r} is not in the document']
        schema = contents.get(media_type, {}).get('schema')
        if schema is None or media_type != 'application/json':
            return []
        return self.mismatches(schema, json.loads(body), 'the answer ')
